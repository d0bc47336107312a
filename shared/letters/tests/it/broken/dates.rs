//! Messages on dates, and what a house in mourning should not read (R6, R7).

use super::Theme;
use crate::Folder;

/// The small programme with a greeting in winter.
fn winter() -> Folder {
    let date = "\n[[date]]\nid = \"winter\"\non = \"mid_winter\"\nat = \"10:00\"\n\n\
                [[date.letter]]\nid = \"winter-one\"\nclass = \"greeting\"\n";
    let mut folder = Folder::small();
    let programme = format!("{}{date}", folder.0["programme.toml"]);
    folder.write("programme.toml", &programme);
    folder.write("letters/winter-one.txt", "件名: 寒中お見舞い申し上げます\n\n寒い日が続きます。\n");
    folder
}

#[test]
fn r7_dates_are_read_and_must_be_possible() {
    assert_eq!(winter().book().programme.dated.len(), 1);
    let mut theme = Theme::of(winter());
    let mut at = |from: &str, to: &str| {
        theme.edit("programme.toml", from, to);
    };
    let on = "on = \"mid_winter\"";
    at(on, "on = \"winter\"");
    at(on, "");
    at(on, "on = \"寒中見舞い\"\nafter_days = 26");
    at(on, "on = \"mid_winter\"\ndays_before = 3");
    at(on, "on = \"first_purchase\"\nafter_days = 3");
    at(on, "on = \"first_purchase\"\ndays_before = 181");
    at(on, "on = \"dormant\"");
    at(on, "on = \"birthday\"\nwindow_days = 1");
    at(on, "on = \"mid_winter\"\nwindow_days = 181");
    at(on, "on = \"mid_winter\"\noccasions = \"3-2\"");
    at(on, "on = \"mid_winter\"\nevery_weeks = 2");
    at("id = \"winter\"", "id = \"letters\"");
    at("id = \"winter-one\"", "id = \"hello\"");
    at("class = \"greeting\"\n\n[[date]]", "class = \"offer\"\n\n[[date]]");
    at(
        "at = \"10:00\"\n\n[[date.letter]]",
        "at = \"10:00\"\n\n[[date.letter]]\nid = \"cold-one\"\nclass = \"usage\"\n\n\
         [[date]]\nid = \"cold\"\non = \"寒中見舞い\"\nat = \"10:00\"\n\n[[date.letter]]",
    );
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn r7_what_a_house_in_mourning_should_not_read() {
    let mut theme = Theme::of(winter());
    let letter = "letters/winter-one.txt";
    theme
        .edit(letter, "寒い日が続きます。", "一年、おめでとうございます。")
        .edit(letter, "寒い日が続きます。", "あけましておめでとうございます。")
        .edit(letter, "寒い日が続きます。", "謹んで新春のお慶びを申し上げます。")
        .edit(letter, "寒中お見舞い", "謹賀新年")
        .edit("letters/hello.txt", "見る", "明けましておめでとう。見る");
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn r7_other_letters_may_congratulate_and_the_new_years_card_does() {
    // A birthday is no New Year.
    let mut folder = Folder::small();
    folder.edit("letters/hello.txt", "見る", "お誕生日おめでとうございます。見る");
    folder.book();
    // The New Year's card says it by its name.
    folder.edit(
        "programme.toml",
        "[[series]]",
        "[[date]]\nid = \"card\"\non = \"年賀状\"\nat = \"10:00\"\n\n[[date.letter]]\nid = \"card-one\"\n\
         class = \"greeting\"\n\n[[series]]",
    );
    folder.write("letters/card-one.txt", "件名: 年賀\n\nあけましておめでとうございます。\n");
    folder.book();
}
