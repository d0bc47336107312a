//! Broken programmes, a theme to a file: each has one thing wrong with it, and everything that is said about it stands word by
//! word in a snapshot. Whoever changes a message reads it there as its owner will.

mod dates;
mod frames;
mod key_content;
mod letters;
mod rules;
mod settings;
mod steps;
mod trial;

use crate::Folder;
use std::fmt::Write as _;

/// A theme: what was broken, and what is said about it.
struct Theme {
    /// The programme that is broken, sound by itself.
    folder: Folder,
    shown: String,
    cases: usize,
}

impl Theme {
    /// Of the small programme.
    #[track_caller]
    fn new() -> Self {
        Self::of(Folder::small())
    }

    /// Of another programme that is sound.
    #[track_caller]
    fn of(folder: Folder) -> Self {
        folder.book();
        Self { folder, shown: String::new(), cases: 0 }
    }

    /// One text of one file is another.
    #[track_caller]
    fn edit(&mut self, path: &str, from: &str, to: &str) -> &mut Self {
        let brief = |text: &str| if text.chars().count() > 200 { "a very long text".to_owned() } else { quoted(text) };
        let what = match to {
            "" => format!("{path} without {}", quoted(from)),
            to => format!("{path}: {} instead of {}", brief(to), quoted(from)),
        };
        self.case(&what, |folder| folder.edit(path, from, to))
    }

    /// Anything else is done to it.
    #[track_caller]
    fn case(&mut self, what: &str, break_it: impl FnOnce(&mut Folder)) -> &mut Self {
        let mut folder = self.folder.clone();
        break_it(&mut folder);
        let problems = match folder.load() {
            Err(problems) => problems,
            Ok(book) => book.warnings().to_vec(),
        };
        assert!(!problems.is_empty(), "nothing is found: {what}");
        assert!(problems.iter().all(|p| !p.what.is_empty() && !p.mend.is_empty()), "{what}: {problems:?}");
        let _always = writeln!(self.shown, "# {what}");
        for problem in &problems {
            let _always = writeln!(self.shown, "{problem}");
        }
        self.shown.push('\n');
        self.cases += 1;
        self
    }

    /// The whole theme, word by word.
    fn shown(&self) -> String {
        format!("Broken programmes: {}\n\n{}", self.cases, self.shown)
    }
}

/// A text in one line.
fn quoted(text: &str) -> String {
    format!("`{}`", text.trim_end_matches('\n').replace('\n', "⏎"))
}

#[test]
fn the_small_programme_and_the_default_one_are_sound() {
    assert_eq!(Folder::small().book().warnings(), []);
    assert_eq!(Folder::utsuwa().book().warnings(), []);
}
