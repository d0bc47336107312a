//! The promises of R1 and R2, thanks that only thank (R12), and nothing that sells too early (R14).

use super::Theme;

const PROGRAMME: &str = "programme.toml";
const THANKS: &str = "letters/thanks-first.txt";

#[test]
fn r1_and_r2_are_kept_by_the_programme() {
    let mut theme = Theme::new();
    theme
        .edit(PROGRAMME, "day = 14", "stages = [\"first\"]\nday = 14")
        .edit(PROGRAMME, "latest_day = 21", "latest_day = 22")
        .edit(PROGRAMME, "latest_day = 3", "latest_day = 4")
        .edit(PROGRAMME, "day = 1\nlatest_day = 3", "day = 0\nlatest_day = 0")
        .edit(PROGRAMME, "class = \"thanks\"", "class = \"story\"");
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn r12_a_thank_you_only_thanks() {
    let mut theme = Theme::new();
    theme
        .edit(THANKS, "{{ greeting }}", "見る → {{ shop.url }}")
        .edit(THANKS, "{{ greeting }}", "{% if shop.url %}店{% endif %}")
        .edit(THANKS, "{{ greeting }}", "{{ offer.url }}")
        .edit(THANKS, "{{ greeting }}", "見る → https://sakura.example.jp/new")
        .edit(THANKS, "{{ product.name }}を", "{{ shop.url }}を")
        .edit("greeting.txt", "いつもありがとう", "{{ shop.url }}");
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn r14_nothing_sells_before_the_second_purchase() {
    let mut theme = Theme::new();
    theme
        .edit(PROGRAMME, "class = \"greeting\"", "class = \"promotion\"")
        .edit(PROGRAMME, "class = \"usage\"", "class = \"offer\"")
        .edit("letters/usage.txt", "長く", "{{ offer.url }}")
        .edit("letters/hello.txt", "こんにちは", "{{ offer.url }}");
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn words_that_sell_are_for_letters_that_sell() {
    let mut theme = Theme::new();
    theme
        .edit(THANKS, "{{ greeting }}", "いまなら全品２０％ＯＦＦ")
        .edit(THANKS, "{{ greeting }}", "関連商品もどうぞ")
        .edit(THANKS, "{{ greeting }}", "A coupon for you")
        .edit("letters/usage.txt", "長く", "新作も、長く")
        .edit("letters/hello.txt", "こんにちは", "セールのお知らせ")
        .edit("greeting.txt", "いつもありがとう", "期間限定")
        .edit("frame.txt", "{{ body }}", "{{ body }}\nクーポン配布中");
    insta::assert_snapshot!(theme.shown());
}
