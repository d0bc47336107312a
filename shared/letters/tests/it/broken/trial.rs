//! What only shows when somebody lives with a programme: what nobody ever gets (R8, R34), and what mostly sells (R18).

use super::Theme;
use crate::Folder;
use std::fmt::Write as _;

const PROGRAMME: &str = "programme.toml";

#[test]
fn r34_what_nobody_gets_because_of_its_stages() {
    let mut theme = Theme::of(Folder::utsuwa());
    theme
        .edit(PROGRAMME, "occasions = \"2\"", "occasions = \"2\"\nstages = [\"first\"]")
        .edit(PROGRAMME, "from_occasion = 2", "from_occasion = 2\nstages = [\"first\", \"prospect\"]")
        .edit(PROGRAMME, "on = \"mid_summer\"", "on = \"mid_summer\"\noccasions = \"1-2\"\nstages = [\"loyal\"]");
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn r8_what_nobody_gets_because_of_the_others() {
    let mut theme = Theme::of(Folder::utsuwa());
    theme
        .edit(PROGRAMME, "first = \"4 in 30 days\"", "first = \"2 in 30 days\"")
        .edit(PROGRAMME, "repeat = \"5 in 30 days\"", "repeat = \"2 in 60 days\"")
        .case("a step beside the thank-you, and four days between two messages", |folder| {
            folder.edit(PROGRAMME, "min_gap_days = 2", "min_gap_days = 4");
            let step = "[[step]]\nid = \"wedged\"\nclass = \"survey\"\nanchor = \"purchase\"\noccasions = \"1\"\n\
                        day = 2\nlatest_day = 3\nat = \"10:00\"\n\n# ---- 四週ごと";
            folder.edit(PROGRAMME, "# ---- 四週ごと", step);
            folder.write("letters/wedged.txt", "件名: {{ product.name }}は、いかがですか\n\nお聞かせください。\n");
        });
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn dates_that_never_come() {
    let mut theme = Theme::of(Folder::utsuwa());
    theme.edit(PROGRAMME, "on = \"first_purchase\"\ndays_before = 3", "on = \"reorder\"\noccasions = \"1\"").case(
        "whoever has bought once is greeted 50 days before they are dormant, which they are after 60",
        |folder| {
            let dormant = "on = \"dormant\"\noccasions = \"1\"\nwindow_days = 3\ndays_before = 50";
            folder.edit(PROGRAMME, "on = \"first_purchase\"\ndays_before = 3", dormant);
            let shop = format!("{}\n[stages]\ndormant_after_days = 60\n", folder.0["shop.toml"]);
            folder.write("shop.toml", &shop);
        },
    );
    insta::assert_snapshot!(theme.shown());
}

#[test]
fn r18_a_programme_that_is_mostly_selling_gets_a_warning() {
    let mut theme = Theme::new();
    theme.case("an offer every second week to whoever has bought twice", |folder| {
        let mut programme = folder.0[PROGRAMME].clone();
        programme.push_str(
            "\n[[series]]\nid = \"sales\"\nfrom_occasion = 2\nafter_days = 30\nevery_weeks = 2\nwindow_days = 6\n\
             at = \"10:00\"\n",
        );
        for n in 1..=26 {
            let _always = writeln!(programme, "\n[[series.letter]]\nid = \"sale-{n}\"\nclass = \"offer\"");
            folder.write(&format!("letters/sale-{n}.txt"), "件名: 半額のお知らせ\n\n見る → {{ offer.url }}\n");
        }
        folder.write(PROGRAMME, &programme);
    });
    insta::assert_snapshot!(theme.shown());
}
