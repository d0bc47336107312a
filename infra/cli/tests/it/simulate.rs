//! `wasurena simulate` as an owner starts it: on made-up people, and on last year's orders as a cart exported them.

use crate::support::copy;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What was answered, what was noted beside it, and the exit code.
struct Answer {
    out: String,
    notes: String,
    code: Option<i32>,
}

fn simulate(arguments: &[&str]) -> Answer {
    let output = Command::new(env!("CARGO_BIN_EXE_wasurena")).arg("simulate").args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Answer { out: text(output.stdout), notes: text(output.stderr), code: output.status.code() }
}

/// An order file in CP932 with everything that may be wrong with a row.
const ORDERS: &str = "注文番号,注文日,メールアドレス,お名前,商品名,金額,状態
1,2025/4/1,hanako@example.jp,見本 花子,粉引の飯碗,\"3,800\",
1,,,,藍の湯のみ,,
2,2025/13/1,taro@example.jp,見本 太郎,角皿,100,
3,2025年6月1日 14:05,hanako@example.jp,見本 花子,<b>角皿</b>,1200円,
4,令和7年5月1日,,見本 次郎,片口,¥500,
5,2025-05-02,saburo@example.jp,見本 三郎,片口,無料,
6,2025-05-03,not-an-address,見本 四郎,片口,500,
7,2025-05-04,goro@example.jp,見本 五郎,片口,500,キャンセル
8,2025-05-05,rokuro@example.jp,見本 六郎,片口,500,済,余り
9,2027-05-05,nana@example.jp,見本 七子,片口,500,
9,2027-05-05,yae@example.jp,見本 八重,片口,500,
";

fn order_file(folder: &Path, text: &str) -> PathBuf {
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(text);
    let file = folder.join("orders.csv");
    std::fs::write(&file, bytes).unwrap();
    file
}

#[test]
fn the_table_of_made_up_people_says_what_the_year_brings() {
    let Answer { out, notes, code } = simulate(&["--customers", "200", "--seed", "7"]);
    assert_eq!((code, notes.as_str()), (Some(0), ""), "{out}");
    insta::assert_snapshot!(out);
}

#[test]
fn the_json_has_the_names_that_programs_rely_on() {
    let Answer { out, .. } = simulate(&["--customers", "200", "--seed", "7", "--json"]);
    insta::assert_snapshot!(out);
}

#[test]
fn the_same_seed_is_the_same_year_and_another_is_another() {
    let year = |seed| simulate(&["--customers", "600", "--json", "--seed", seed]).out;
    assert_eq!(year("3"), year("3"));
    assert_ne!(year("3"), year("4"));
}

#[test]
fn orders_in_cp932_are_played_and_each_bad_row_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = order_file(folder.path(), ORDERS);
    let Answer { out, notes, code } = simulate(&["--orders", file.to_str().unwrap(), "--consent", "granted"]);
    assert_eq!(code, Some(0), "{out}{notes}");
    insta::assert_snapshot!("bad_rows", notes.replace(file.to_str().unwrap(), "orders.csv"));
    insta::assert_snapshot!("orders", out);
}

#[test]
fn utf_8_with_and_without_a_mark_says_the_same_as_cp932() {
    let folder = tempfile::tempdir().unwrap();
    let answer = |bytes: &[u8]| {
        let file = folder.path().join("orders.csv");
        std::fs::write(&file, bytes).unwrap();
        let Answer { out, notes, .. } = simulate(&["--orders", file.to_str().unwrap(), "--json"]);
        (out, notes)
    };
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode(ORDERS);
    let expected = answer(&cp932);
    assert_eq!(answer(ORDERS.as_bytes()), expected);
    assert_eq!(answer(&[b"\xEF\xBB\xBF", ORDERS.as_bytes()].concat()), expected);
}

#[test]
fn columns_with_names_of_their_own_are_mapped() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Name,Email,Created at,Billing Name,Lineitem name,Total\n#1001,hanako@example.jp,2025-04-01 10:00:00 +0900,見本 花子,飯碗,3800\n";
    let file = order_file(folder.path(), text);
    let file = file.to_str().unwrap();
    let Answer { notes, code, .. } = simulate(&["--orders", file]);
    assert_eq!(code, Some(1), "{notes}");
    assert!(notes.contains("several columns may be `name`"), "{notes}");
    let mapping = folder.path().join("mapping.toml");
    std::fs::write(&mapping, "name = \"Billing Name\"\norder = \"Name\"\n").unwrap();
    let Answer { out, notes, code } = simulate(&["--orders", file, "--mapping", mapping.to_str().unwrap(), "--json"]);
    assert_eq!(code, Some(0), "{notes}");
    let outcome: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&outcome["customers"], &outcome["mails"]), (&Value::from(1), &Value::from(3)), "{out}");
    std::fs::write(&mapping, "nmae = \"Billing Name\"\n").unwrap();
    let Answer { notes, .. } = simulate(&["--orders", file, "--mapping", mapping.to_str().unwrap()]);
    assert!(notes.contains("`nmae`, which is none of date, mail, name"), "{notes}");
}

#[test]
fn the_calendar_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("year.svg");
    let Answer { code, .. } = simulate(&["--customers", "20", "--svg", file.to_str().unwrap()]);
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(std::fs::read_to_string(file).unwrap());
}

#[test]
fn every_mail_is_a_file_and_markup_in_orders_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let file = order_file(folder.path(), ORDERS);
    let mails = folder.path().join("mails");
    let arguments = ["--orders", file.to_str().unwrap(), "--json", "--mails", mails.to_str().unwrap()];
    let Answer { out, .. } = simulate(&arguments);
    let outcome: Value = serde_json::from_str(&out).unwrap();
    let files = |ending: &str| {
        let folders =
            std::fs::read_dir(&mails).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
        let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
        let own = files.filter(|path| path.file_name().is_some_and(|name| name != "index.html"));
        own.filter(|path| path.extension().is_some_and(|own| own == ending)).collect::<Vec<_>>()
    };
    assert_eq!(outcome["mails"], files("html").len());
    assert_eq!(outcome["mails"], files("txt").len());
    let june = std::fs::read_to_string(mails.join("2025-06/index.html")).unwrap();
    assert!(june.contains("&lt;b&gt;角皿&lt;/b&gt;") && !june.contains("<b>角皿"), "{june}");
    let index = std::fs::read_to_string(mails.join("index.html")).unwrap();
    assert!(index.contains("<a href=\"2025-04/index.html\">2025-04</a>"), "{index}");
    // Nothing is mixed with the mails of another simulation.
    let Answer { notes, code, .. } = simulate(&arguments);
    assert_eq!(code, Some(1));
    assert!(notes.contains("is not empty: name a new folder"), "{notes}");
}

#[test]
fn a_programme_that_breaks_a_rule_is_not_played() {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/letters/programmes/utsuwa"), folder.path());
    let programme = folder.path().join("programme.toml");
    let text = std::fs::read_to_string(&programme).unwrap();
    let own = simulate(&["--customers", "50", "--json", "--shop", folder.path().to_str().unwrap()]);
    assert_eq!(own.code, Some(0), "{}", own.notes);
    std::fs::write(&programme, text.replacen("latest_day = 3", "latest_day = 9", 1)).unwrap();
    let broken = simulate(&["--customers", "50", "--json", "--shop", folder.path().to_str().unwrap()]);
    assert_eq!((broken.code, broken.out.as_str()), (Some(1), ""));
    assert!(broken.notes.contains("R2"), "{}", broken.notes);
}
