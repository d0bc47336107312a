//! Broken programmes, one for each thing that can be wrong: found in the right file and line, by the right rule.

use crate::{Folder, shop};
use wasurena_letters::{Files, load_shop};

/// Breaks the small programme, and holds every problem found against what is expected: file, line, rule, and
/// a part of what is said.
#[track_caller]
fn check(break_it: impl FnOnce(&mut Folder), expected: &[(&str, &str)]) {
    let mut folder = Folder::small();
    break_it(&mut folder);
    let problems = folder.load().unwrap_err();
    let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let fits = found.len() == expected.len()
        && found.iter().zip(expected).all(|(f, (site, what))| f.starts_with(&format!("{site}: ")) && f.contains(what));
    assert!(fits, "found:\n{}", found.join("\n"));
    assert!(problems.iter().all(|p| !p.what.is_empty() && !p.mend.is_empty()), "{found:?}");
}

/// Breaks one text of one file.
#[track_caller]
fn edit(path: &str, from: &str, to: &str, expected: &[(&str, &str)]) {
    check(|folder| folder.edit(path, from, to), expected);
}

#[test]
fn the_small_programme_is_sound() {
    Folder::small().book();
}

#[test]
fn keys_of_the_programme() {
    let at = |from: &str, to: &str, site: &str, what: &str| edit("programme.toml", from, to, &[(site, what)]);
    at("day = 14", "day = 14\ncolour = \"red\"", "programme.toml:16: form", "`colour` is no key in [[step]]");
    at("day = 14", "day = \"two weeks\"", "programme.toml:15: form", "`day` in [[step]] must be a whole number");
    at("day = 14", "day = 14\narrives = \"soon\"", "programme.toml:16: form", "`arrives` in [[step]] must be late");
    at(
        "day = 14",
        "day = 14\nstages = [\"second\"]",
        "programme.toml:16: form",
        "must be a list of stages: prospect, first",
    );
    at("every_weeks = 4", "every_weeks = 4\nstages = []", "programme.toml:26: form", "must be a list of stages");
    at("every_weeks = 4", "every_weeks = 4\nstages = [\"prospect\"]", "programme.toml:26: form", "for nobody");
    at("day = 14\n", "", "programme.toml:10: form", "`day` is missing in [[step]]");
    at("class = \"usage\"", "class = \"advice\"", "programme.toml:12: form", "must be one of thanks, survey");
    at("\"every\"", "\"first\"", "programme.toml:14: form", "`occasions` in [[step]] must be");
    at("\"tuesday\"", "\"Dienstag\"", "programme.toml:24: form", "must be a weekday");
    at("every_weeks = 4", "every_weeks = 0", "programme.toml:25: form", "from 1 to 520");
    at("id = \"hello\"", "id = \"Hello\"", "programme.toml:30: form", "a-z, 0-9 and -");
    at("[[series.letter]]", "[[series.letters]]", "programme.toml:29: form", "`letters` is no key in [[series]]");
    at("day = 14", "day = ", "programme.toml:15: form", "this is not TOML");
    at("day = 14", "day = 22", "programme.toml:16: form", "ends before it begins");
    at("at = \"10:00\"\n\n[[series]]", "at = \"10:07\"\n\n[[series]]", "programme.toml:17: form", "no quarter hour");
    at("window_days = 6", "window_days = 28", "programme.toml:26: form", "would meet the next");
    at("after = \"usage\"", "after = \"arrival\"", "programme.toml:22: form", "which does not come");
    at("anchor = \"purchase\"", "anchor = \"purchase\"\nunknown_day = 7", "programme.toml:5: form", "never unknown");
}

#[test]
fn how_often_is_read_and_must_leave_room_for_the_promises() {
    let with = |lines: &str, expected: &[(&str, &str)]| {
        check(|folder| folder.edit("programme.toml", "[[step]]", &format!("[frequency]\n{lines}\n[[step]]")), expected);
    };
    with(
        "min_gap_days = \"two\"",
        &[("programme.toml:2: form", "`min_gap_days` in [frequency] must be a whole number")],
    );
    with("max = 3", &[("programme.toml:2: form", "`max` is no key in [frequency]")]);
    with("caps = 3", &[("programme.toml:2: form", "`frequency.caps` must be a table")]);
    let cap = |line: &str, what: &str| with(&format!("[frequency.caps]\n{line}"), &[("programme.toml:3: form", what)]);
    cap("first = 4", "`first` in [frequency.caps] must be a number of messages in a number of days");
    cap("first = \"4 in 30\"", "write `first = \"4 in 30 days\"`");
    cap("prospect = \"1 in 30 days\"", "`prospect` is no key in [frequency.caps]");
    cap("dormant = \"0 in 30 days\"", "whoever is dormant would drop out");
    with(
        "min_gap_days = 19",
        &[("programme.toml:2: R1", "`usage`, which keeps the shop in mind, must go out on day 21")],
    );
    with(
        "min_gap_days = 2\n[frequency.caps]\nrepeat = \"1 in 90 days\"",
        &[("programme.toml:4: R1", "can hear no more before day 93")],
    );
    let mut folder = Folder::small();
    folder.edit(
        "programme.toml",
        "[[step]]",
        "[frequency]\nmin_gap_days = 18\ncaps.first = \"2 in 30 days\"\n[[step]]",
    );
    let frequency = folder.book().programme.frequency;
    let caps: Vec<_> = frequency.caps.iter().map(|(stage, cap)| (stage.name(), cap.max, cap.days)).collect();
    assert_eq!((frequency.min_gap_days, caps), (18, vec![("first", 2, 30)]));
}

/// The small programme with a greeting in winter, changed in one text.
#[track_caller]
fn winter(from: &str, to: &str, expected: &[(&str, &str)]) {
    let date = "\n[[date]]\nid = \"winter\"\non = \"mid_winter\"\nat = \"10:00\"\n\n\
                [[date.letter]]\nid = \"winter-one\"\nclass = \"greeting\"\n";
    let with = |folder: &mut Folder| {
        let programme = format!("{}{date}", folder.0["programme.toml"]);
        folder.write("programme.toml", &programme);
        folder.write("letters/winter-one.txt", "件名: 寒中お見舞い申し上げます\n\n寒い日が続きます。\n");
    };
    let mut sound = Folder::small();
    with(&mut sound);
    assert_eq!(sound.book().programme.dated.len(), 1);
    let file = if sound.0["programme.toml"].contains(from) { "programme.toml" } else { "letters/winter-one.txt" };
    let break_it = |folder: &mut Folder| {
        with(folder);
        folder.edit(file, from, to);
    };
    check(break_it, expected);
}

#[test]
fn r7_dates_are_read_and_must_be_possible() {
    let at = |from: &str, to: &str, site: &str, what: &str| winter(from, to, &[(site, what)]);
    let on = "on = \"mid_winter\"";
    at(
        on,
        "on = \"winter\"",
        "programme.toml:35: form",
        "birthday, first_purchase, reorder, dormant, or a season: new_year, mid_winter",
    );
    at(on, "", "programme.toml:33: form", "`on` is missing in [[date]]");
    at(on, "on = \"寒中見舞い\"\nafter_days = 26", "programme.toml:36: R7", "come when its days are over");
    at(on, "on = \"mid_winter\"\ndays_before = 3", "programme.toml:36: form", "within its days, not before them");
    at(on, "on = \"first_purchase\"\nafter_days = 3", "programme.toml:36: form", "has no days of its own");
    at(on, "on = \"first_purchase\"\ndays_before = 181", "programme.toml:36: form", "half a year before its date");
    at(on, "on = \"dormant\"", "programme.toml:33: form", "dormant already");
    at(on, "on = \"birthday\"\nwindow_days = 1", "programme.toml:36: R6", "when the birthday is over");
    at(on, "on = \"mid_winter\"\nwindow_days = 181", "programme.toml:36: form", "later than half a year");
    at(on, "on = \"mid_winter\"\noccasions = \"3-2\"", "programme.toml:36: form", "for nobody who has bought");
    at(on, "on = \"mid_winter\"\nevery_weeks = 2", "programme.toml:36: form", "`every_weeks` is no key in [[date]]");
    at("id = \"winter\"", "id = \"letters\"", "programme.toml:34: form", "the id `letters` stands twice");
    winter(
        "id = \"winter-one\"",
        "id = \"hello\"",
        &[
            ("letters/winter-one.txt:1: form", "no message of the programme has this letter"),
            ("programme.toml:39: form", "the id `hello` stands twice"),
        ],
    );
    at("class = \"greeting\"\n\n[[date]]", "class = \"offer\"\n\n[[date]]", "programme.toml:31: R14", "`hello`");
    let again = "at = \"10:00\"\n\n[[date.letter]]\nid = \"cold-one\"\nclass = \"usage\"\n\n\
                 [[date]]\nid = \"cold\"\non = \"寒中見舞い\"\nat = \"10:00\"\n\n[[date.letter]]";
    winter(
        "at = \"10:00\"\n\n[[date.letter]]",
        again,
        &[
            ("programme.toml:39: form", "`cold-one` has no letter"),
            ("programme.toml:44: R8", "`winter` and `cold` are for the same people on the same date"),
        ],
    );
}

#[test]
fn r7_what_a_house_in_mourning_should_not_read() {
    let letter = |to: &str, what: &str| winter("寒い日が続きます。", to, &[("letters/winter-one.txt:3: R7", what)]);
    letter("一年、おめでとうございます。", "「おめでと」 reaches houses in mourning too");
    letter("あけましておめでとうございます。", "「あけまして」");
    letter("謹んで新春のお慶びを申し上げます。", "「謹んで新春」");
    winter("寒中お見舞い", "謹賀新年", &[("letters/winter-one.txt:1: R7", "「謹賀新年」")]);
    // A birthday is no New Year: other letters may congratulate.
    let mut folder = Folder::small();
    folder.edit("letters/hello.txt", "見る", "お誕生日おめでとうございます。見る");
    folder.book();
    edit("letters/hello.txt", "見る", "明けましておめでとう。見る", &[("letters/hello.txt:5: R7", "「明けまして」")]);
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

#[test]
fn several_problems_are_told_at_once() {
    check(
        |folder| {
            folder.edit("programme.toml", "day = 14", "day = \"x\"");
            folder.edit("programme.toml", "window_days = 6", "window = 6");
            folder.edit("shop.toml", "url = ", "link = ");
            folder.edit("letters/thanks-first.txt", "{{ addressee }}", "{{ adressee }}");
        },
        &[
            ("letters/thanks-first.txt:3: form", "no placeholder `adressee`"),
            // A step that could not be read has a letter all the same: nothing is said about that.
            ("programme.toml:15: form", "`day`"),
            ("programme.toml:19: form", "`window_days` is missing"),
            ("programme.toml:26: form", "`window` is no key"),
            ("shop.toml:1: form", "`url` is missing"),
            ("shop.toml:4: form", "`link` is no key"),
        ],
    );
}

#[test]
fn r1_and_r2_are_kept_by_the_programme() {
    edit(
        "programme.toml",
        "day = 14",
        "stages = [\"first\"]\nday = 14",
        &[("programme.toml:17: R1", "within 21 days")],
    );
    edit("programme.toml", "latest_day = 21", "latest_day = 22", &[("programme.toml:16: R1", "within 21 days")]);
    edit(
        "programme.toml",
        "latest_day = 3",
        "latest_day = 4",
        &[("programme.toml:7: R2", "later than day 3"), ("programme.toml:7: R2", "within 3 days")],
    );
    check(
        |folder| {
            folder.edit("programme.toml", "class = \"thanks\"", "class = \"story\"");
        },
        &[("programme.toml:1: R2", "nothing thanks a new customer")],
    );
}

#[test]
fn r12_a_thank_you_only_thanks() {
    let thanks = "letters/thanks-first.txt";
    let own = "letters/thanks-first.txt:5: R12";
    for (word, what) in [
        ("見る → {{ shop.url }}", "`shop.url` leads to buying"),
        ("{% if shop.url %}店{% endif %}", "`shop.url` leads to buying"),
        ("{{ offer.url }}", "`offer.url` leads to buying"),
        ("見る → https://sakura.example.jp/new", "sakura.example.jp leads to buying"),
    ] {
        check(|folder| folder.edit(thanks, "{{ greeting }}", word), &[(own, what)]);
    }
    edit(
        "letters/thanks-first.txt",
        "{{ product.name }}を",
        "{{ shop.url }}を",
        &[("letters/thanks-first.txt:1: R12", "")],
    );
    edit("greeting.txt", "いつもありがとう", "{{ shop.url }}", &[("greeting.txt:3: R12", "`shop.url`")]);
}

#[test]
fn r14_nothing_sells_before_the_second_purchase() {
    edit(
        "programme.toml",
        "class = \"greeting\"",
        "class = \"promotion\"",
        &[("programme.toml:31: R14", "`hello` promotes before the second purchase")],
    );
    edit("programme.toml", "class = \"usage\"", "class = \"offer\"", &[("programme.toml:12: R14", "promotes")]);
    edit("letters/usage.txt", "長く", "{{ offer.url }}", &[("letters/usage.txt:5: R14", "`offer.url` sells")]);
    edit("letters/hello.txt", "こんにちは", "{{ offer.url }}", &[("letters/hello.txt:1: R14", "`offer.url` sells")]);
}

#[test]
fn words_that_sell_are_for_letters_that_sell() {
    let thanks = |to: &str| {
        edit("letters/thanks-first.txt", "{{ greeting }}", to, &[("letters/thanks-first.txt:5: R12", "sells")]);
    };
    thanks("いまなら全品２０％ＯＦＦ");
    thanks("関連商品もどうぞ");
    thanks("A coupon for you");
    edit("letters/usage.txt", "長く", "新作も、長く", &[("letters/usage.txt:5: R14", "「新作」 sells")]);
    edit("letters/hello.txt", "こんにちは", "セールのお知らせ", &[("letters/hello.txt:1: R14", "「セール」 sells")]);
    edit("greeting.txt", "いつもありがとう", "期間限定", &[("greeting.txt:3: R12", "every thank-you")]);
    let footer = |folder: &mut Folder| folder.edit("frame.txt", "{{ body }}", "{{ body }}\nクーポン配布中");
    check(footer, &[("frame.txt:2: R12", "「クーポン」 sells")]);
}

#[test]
fn letters_lead_to_the_shops_pages_and_nowhere_else() {
    let hello = |to: &str, expected: &[(&str, &str)]| edit("letters/hello.txt", "こんにちは", to, expected);
    let elsewhere = |url: &str| hello(url, &[("letters/hello.txt:1: form", "is none of the shop's pages")]);
    elsewhere("https://rakuten.example/");
    elsewhere("https://sakura.example.jp.evil.example/");
    let mut folder = Folder::small();
    folder.edit("shop.toml", "zone = ", "pages = [\"https://photos.example.jp/sakura\"]\nzone = ");
    folder.edit("letters/hello.txt", "こんにちは", "https://photos.example.jp/sakura/1");
    folder.book();
    folder.edit("letters/hello.txt", "sakura/1", "sakurai");
    assert!(folder.load().unwrap_err()[0].to_string().contains("photos.example.jp/sakurai is none"));
    edit(
        "shop.toml",
        "zone = ",
        "pages = [\"photos\"]\nzone = ",
        &[("shop.toml:5: form", "begin with https://; number 1")],
    );
}

#[test]
fn letters_and_messages_belong_together() {
    check(
        |folder| {
            folder.0.remove("letters/usage.txt");
        },
        &[("programme.toml:11: form", "`usage` has no letter. Mend: write letters/usage.txt")],
    );
    check(
        |folder| folder.write("letters/usgae.txt", "件名: あ\n\nい\n"),
        &[("letters/usgae.txt:1: form", "no message of the programme has this letter")],
    );
    // What editors leave behind is no letter.
    let mut folder = Folder::small();
    folder.write("letters/usage.txt~", "件");
    folder.write("letters/.DS_Store", "");
    folder.book();
}

#[test]
fn forms_of_a_letter() {
    let usage = |text: &str, site: &str, what: &str| {
        check(|folder| folder.write("letters/usage.txt", text), &[(site, what)]);
    };
    usage("長くお使いください\n", "letters/usage.txt:1: form", "has no subject");
    usage("件名:\n\nあ\n", "letters/usage.txt:1: form", "has no subject");
    usage("件名: あ\nい\n", "letters/usage.txt:2: form", "not blank");
    usage("件名: あ\n\n", "letters/usage.txt:1: form", "says nothing");
    usage(
        "件名: あ\n\nい\n{{ produkt.name }}\n",
        "letters/usage.txt:4: form",
        "there is no placeholder `produkt.name`",
    );
    usage("件名: あ\n\n{{ product }}\n", "letters/usage.txt:3: form", "is not a text but several");
    usage("件名: あ\n\nい\n\n{{ product.picture }}\n", "letters/usage.txt:5: form", "undefined");
    usage("件名: あ\n\nい\n{% if gift %}\nう\n", "letters/usage.txt:5: form", "syntax error");
    usage("件名: あ\n\n{% if gift %}う{% endif %}\n", "letters/usage.txt:1: form", "the letter is empty");
    usage("件名: {% if gift %}う{% endif %}\n\nあ\n", "letters/usage.txt:1: form", "the subject is empty");
    usage("件名: あ\n\n{{ product.name | shout }}\n", "letters/usage.txt:3: form", "shout");
    usage(
        "件名: あ\n\n{% for a in [1] * 9999 %}{% for b in [1] * 9999 %}う{% endfor %}{% endfor %}\n",
        "letters/usage.txt:3: form",
        "fuel",
    );
    usage(&format!("件名: {}\n\nい\n", "あ".repeat(61)), "letters/usage.txt:1: form", "61 characters");
    usage(&format!("件名: あ\n\n{}\n", "い".repeat(4_001)), "letters/usage.txt:1: form", "4001 characters");
    usage("件名：全角でも\n\n見る → {{ shop.url }}\n", "letters/usage.txt:3: form", "without consent");
    usage("件名: あ\n\nhttps://sakura.example.jp/new\n", "letters/usage.txt:3: form", "did not ask");
}

#[test]
fn the_law_is_named_key_by_key() {
    for key in ["operator", "address", "phone", "phone_hours", "email"] {
        let mut folder = Folder::small();
        let text = folder.0["shop.toml"].clone();
        let (head, legal) = text.split_once("[legal]").unwrap();
        let kept: Vec<&str> = legal.lines().filter(|line| !line.starts_with(&format!("{key} ="))).collect();
        folder.write("shop.toml", &format!("{head}[legal]{}\n", kept.join("\n")));
        let found: Vec<String> = folder.load().unwrap_err().iter().map(ToString::to_string).collect();
        let line = head.lines().count() + 1;
        let expected = format!("shop.toml:{line}: form: `{key}` is missing in [legal]: 特定電子メール法 ");
        assert!(found.len() == 1 && found[0].starts_with(&expected), "{found:?}");
    }
    check(
        |folder| {
            let text = folder.0["shop.toml"].clone();
            folder.write("shop.toml", text.split_once("[legal]").unwrap().0);
        },
        &[
            ("shop.toml:1: form", "`operator` is missing in [legal]"),
            ("shop.toml:1: form", "`address` is missing in [legal]"),
            ("shop.toml:1: form", "`phone` is missing in [legal]"),
            ("shop.toml:1: form", "`phone_hours` is missing in [legal]"),
            ("shop.toml:1: form", "`email` is missing in [legal]"),
        ],
    );
}

#[test]
fn values_of_the_settings() {
    let at = |from: &str, to: &str, line: usize, what: &str| {
        edit("shop.toml", from, to, &[(&format!("shop.toml:{line}: form"), what)]);
    };
    at("name = \"うつわ さくら\"", "name = \"\"", 3, "`name` must be a text of one line");
    at("name = \"うつわ さくら\"", "name = \"a\\nBcc: b\"", 3, "`name` must be a text of one line");
    at("https://sakura", "http://sakura", 4, "begins with https://");
    at("Asia/Tokyo", "Tokyo", 5, "one of the time zones");
    at("start_date = 2026-12-01", "start_date = \"2026-12-01\"", 8, "without quotes");
    at("start_date = 2026-12-01", "start_date = 2026-12-01T10:00:00", 8, "a date like");
    at("history_complete = true", "history_complete = \"yes\"", 11, "true or false");
    at("occasion_days = 7", "occasion_days = 0", 13, "from 1 to 60");
    at("shards = 1", "shards = 65", 15, "from 1 to 64");
    at("to = \"20:00\"", "to = \"08:00\"", 20, "the hours end before they begin");
    at("otayori@sakura.example.jp", "otayori", 24, "both sides of @");
    at("role = \"店主\"", "rôle = 1", 30, "this is not TOML");
}

#[test]
fn messages_go_out_in_the_shops_hours() {
    edit(
        "shop.toml",
        "from = \"09:00\"",
        "from = \"10:30\"",
        &[
            ("programme.toml:8: form", "`thanks-first` goes out at 10:00"),
            ("programme.toml:17: form", "`usage` goes out at 10:00, outside the shop's hours"),
            ("programme.toml:27: form", "`letters` goes out at 10:00"),
        ],
    );
}

#[test]
fn frames() {
    let mjml = |from: &str, to: &str, site: &str, what: &str| edit("frame.mjml", from, to, &[(site, what)]);
    mjml(
        "<mj-text css-class=\"words\">",
        "<mj-txt css-class=\"words\">",
        "frame.mjml:48: form",
        "<mj-txt> is no element",
    );
    mjml("{{ staff.role }}", "{{ staff.rank }}", "frame.mjml:49: form", "there is no placeholder `staff.rank`");
    mjml("{{ staff.role }}", "{{ staff.role ", "frame.mjml:49: form", "syntax error");
    mjml("{{ staff.role }}", "{{ bought_on }}", "frame.mjml:49: form", "undefined value");
    mjml("{{ staff.role }}", "{{ product.name | safe }}", "frame.mjml:49: form", "safe");
    mjml("href=\"{{ stop_url }}\"", "href=\"#\"", "frame.mjml:1: form", "does not show `stop_url`");
    edit("frame.txt", "{{ shop.operator }}", "", &[("frame.txt:1: form", "does not show `shop.operator`")]);
    edit("frame.txt", "{% if shop.url %}", "{% if true %}", &[("frame.txt:9: form", "undefined value")]);
    let deep = format!("{}{}", "<div>".repeat(3_000), "</div>".repeat(3_000));
    mjml("{{ staff.role }}", &deep, "frame.mjml:49: form", "deep in each other");
}

#[test]
fn files_that_are_missing() {
    for file in ["shop.toml", "programme.toml", "frame.mjml", "frame.txt", "greeting.txt"] {
        let mut folder = Folder::small();
        folder.0.remove(file);
        let found: Vec<String> = folder.load().unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(&format!("{file}: form: no such file. Mend: add ")), "{found:?}");
    }
    assert_eq!(load_shop(&shop(), &Files::new([]).unwrap()).unwrap_err().len(), 1);
}
