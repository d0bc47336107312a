//! Runs a target on its corpus, as it stands and changed, each case from a seed of its own.

use crate::corpus::Corpus;
use crate::mutate::mutated;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::str::FromStr;
use std::{env, fs};

/// One input: the file that it was made from, and what became of it.
pub(crate) struct Input<'a> {
    pub(crate) file: &'a str,
    pub(crate) bytes: &'a [u8],
}

fn setting<T: FromStr>(name: &str) -> Option<T> {
    env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

/// Reads every file of the target's corpus, then `cases` changed ones, or as many as `FUZZ_CASES` says. `read` panics where
/// something does not hold.
pub(crate) fn fuzz(target: &str, cases: u64, read: impl Fn(&Input<'_>)) {
    let corpus = Corpus::of(target);
    for (file, bytes) in corpus.files() {
        attempt(target, "as it stands", &Input { file, bytes }, &read);
    }
    let cases = setting("FUZZ_CASES").unwrap_or(cases);
    let seed: u64 = setting("FUZZ_SEED").unwrap_or(0);
    let of_target = target.bytes().fold(seed, |hash, byte| hash.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte));
    for case in 0..cases {
        let mut random = fastrand::Rng::with_seed(of_target.wrapping_add(case.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let (file, bytes) = corpus.any(&mut random);
        let bytes = mutated(bytes, &corpus, &mut random);
        attempt(target, &format!("seed {seed}, case {case}"), &Input { file, bytes: &bytes }, &read);
    }
}

/// One case. What breaks is kept.
fn attempt(target: &str, which: &str, input: &Input<'_>, read: &impl Fn(&Input<'_>)) {
    let Err(panic) = catch_unwind(AssertUnwindSafe(|| read(input))) else { return };
    let kept = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{target}-{}", input.file));
    fs::write(&kept, input.bytes).expect("a file for what broke it");
    println!("{target}, {}, {which}: kept as {}", input.file, kept.display());
    resume_unwind(panic);
}

#[test]
fn what_breaks_one_in_a_thousand_is_found() {
    // Each needs another kind of change: of a number, of a structure, of bytes.
    for planted in ["-1", "[[", "\u{0}"] {
        let broken = catch_unwind(|| {
            fuzz("standard", 5_000, |input| {
                let text = String::from_utf8_lossy(input.bytes);
                assert!(!text.contains(planted) || !text.contains("buyer"), "planted");
            });
        });
        assert!(broken.is_err(), "{planted:?} is never made");
    }
}

#[test]
fn the_same_seed_makes_the_same_cases() {
    let run = || {
        let made = std::cell::RefCell::new(Vec::new());
        fuzz("links", 200, |input| made.borrow_mut().push(input.bytes.to_vec()));
        made.into_inner()
    };
    assert_eq!(run(), run());
}
