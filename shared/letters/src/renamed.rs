//! Messages that were only given another name. Who has had what is known by the names of messages, so under another
//! name everybody would get the same text again.

use crate::compile::letter_file;
use crate::files::Files;
use crate::problem::Problem;
use crate::programme_file::PROGRAMME_FILE;

/// Finds messages whose text was sent under another name until now: nobody gets the same text twice.
#[must_use]
pub fn renamed(before: &Files, now: &Files) -> Vec<Problem> {
    let gone: Vec<(&str, String)> = letters(before).filter(|(id, _)| now.get(&letter_file(id)).is_none()).collect();
    let new = letters(now).filter(|(id, _)| before.get(&letter_file(id)).is_none());
    let of_old = |(id, words): (&str, String)| {
        let (old, _) = gone.iter().find(|(_, gone)| *gone == words)?;
        let what =
            format!("this is the letter of `{old}` under another name: whoever has had `{old}` would get it again");
        let mend = format!("call it `{old}` again, here and in {PROGRAMME_FILE}; or write a new text");
        Some(Problem::form(&letter_file(id), 1, what, mend))
    };
    new.filter_map(of_old).collect()
}

/// Every letter: its message and its words, however the subject and the white space around them may have changed.
fn letters(files: &Files) -> impl Iterator<Item = (&str, String)> {
    files.iter().filter_map(|(path, source)| {
        let id = path.strip_prefix("letters/")?.strip_suffix(".txt")?;
        let (_, words) = source.split_once('\n')?;
        Some((id, words.split_whitespace().collect::<Vec<_>>().join(" ")))
    })
}
