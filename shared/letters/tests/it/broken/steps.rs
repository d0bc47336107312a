//! `programme.toml`: steps, series and how often.

use super::Theme;
use crate::Folder;

const PROGRAMME: &str = "programme.toml";

#[test]
fn keys_of_the_programme() {
    let mut theme = Theme::new();
    let mut at = |from: &str, to: &str| {
        theme.edit(PROGRAMME, from, to);
    };
    at("day = 14", "day = 14\ncolour = \"red\"");
    at("day = 14", "day = \"two weeks\"");
    at("day = 14", "day = 14\narrives = \"soon\"");
    at("day = 14", "day = 14\nstages = [\"second\"]");
    at("day = 14\n", "");
    at("class = \"usage\"", "class = \"advice\"");
    at("\"every\"", "\"first\"");
    at("every_weeks = 4", "every_weeks = 4\nstages = []");
    at("\"tuesday\"", "\"Dienstag\"");
    at("every_weeks = 4", "every_weeks = 0");
    at("id = \"hello\"", "id = \"Hello\"");
    at("[[series.letter]]", "[[series.letters]]");
    at("day = 14", "day = ");
    at("anchor = \"purchase\"", "anchor = \"purchase\"\nunknown_day = 7");
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn what_could_not_be_carried_out() {
    let mut theme = Theme::new();
    theme
        .edit(PROGRAMME, "day = 14", "day = 22")
        .edit(PROGRAMME, "latest_day = 21", "latest_day = 3661")
        .edit(PROGRAMME, "at = \"10:00\"\n\n[[series]]", "at = \"10:07\"\n\n[[series]]")
        .edit(PROGRAMME, "\"every\"", "\"3-2\"")
        .edit(PROGRAMME, "window_days = 6", "window_days = 28")
        .edit(PROGRAMME, "after = \"usage\"", "after = \"arrival\"")
        .edit(PROGRAMME, "after_days = 28", "after_days = 4000")
        .edit(PROGRAMME, "from_occasion = 1", "from_occasion = 0")
        .edit(PROGRAMME, "id = \"hello\"", "id = \"usage\"")
        .edit(PROGRAMME, "every_weeks = 4", "every_weeks = 4\nstages = [\"prospect\"]")
        .edit("shop.toml", "from = \"09:00\"", "from = \"10:30\"");
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn several_things_at_once_are_told_at_once() {
    let mut theme = Theme::new();
    // A step that could not be read has a letter all the same: nothing is said about that.
    theme.case("a day, a key of the series, a key of the shop and a placeholder", |folder| {
        folder.edit(PROGRAMME, "day = 14", "day = \"x\"");
        folder.edit(PROGRAMME, "window_days = 6", "window = 6");
        folder.edit("shop.toml", "url = ", "link = ");
        folder.edit("letters/thanks-first.txt", "{{ addressee }}", "{{ adressee }}");
    });
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn r8_how_often_is_read_and_must_leave_room_for_the_promises() {
    let mut theme = Theme::new();
    let mut with = |lines: &str| {
        theme.edit(PROGRAMME, "[[step]]", &format!("[frequency]\n{lines}\n[[step]]"));
    };
    with("min_gap_days = \"two\"");
    with("min_gap_days = 0");
    with("max = 3");
    with("caps = 3");
    with("[frequency.caps]\nfirst = 4");
    with("[frequency.caps]\nfirst = \"4 in 30\"");
    with("[frequency.caps]\nprospect = \"1 in 30 days\"");
    with("[frequency.caps]\ndormant = \"0 in 30 days\"");
    with("[frequency.channels]\nletter = 2");
    with("[frequency.channels]\nsns = \"1 in 30 days\"");
    with("[frequency.channels]\nvisit = \"0 in 30 days\"");
    with("[frequency.channels]\nmail = \"1 in 90 days\"");
    with("min_gap_days = 19");
    with("min_gap_days = 2\n[frequency.caps]\nrepeat = \"1 in 90 days\"");
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn how_often_is_what_the_file_says() {
    let mut folder = Folder::small();
    let lines = "[frequency]\nmin_gap_days = 18\ncaps.first = \"2 in 30 days\"\n\
                 channels.letter = \"2 in 365 days\"\n[[step]]";
    folder.edit(PROGRAMME, "[[step]]", lines);
    let frequency = folder.book().programme.frequency;
    let caps: Vec<_> = frequency.caps.iter().map(|(stage, cap)| (stage.name(), cap.max, cap.days)).collect();
    assert_eq!((frequency.min_gap_days, caps), (18, vec![("first", 2, 30)]));
    let letters = frequency.channels.iter().map(|(channel, cap)| (channel.name(), cap.max, cap.days));
    assert_eq!(letters.collect::<Vec<_>>(), [("letter", 2, 365)]);
}
