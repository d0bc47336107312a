//! The simulator, from a shell: plays worlds by their seeds and says which promise was broken, if any.
//!
//! Exit code 0: every promise was kept. 1: one was broken; the seed and the shortest trail to it are printed. 2: the
//! arguments make no sense.

#![expect(clippy::print_stdout, reason = "what it has to say goes to the shell")]

use clap::Parser;
use std::ops::Range;
use std::process::ExitCode;
use wasurena_domain::mistake::{self, Mistake};
use wasurena_tests::sim::{Outcome, Play, play, play_all, shrink};

/// A fifth of a world's time goes into small pieces of memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Lines of a trail that are shown before the end.
const LAST_LINES: usize = 120;

/// Plays worlds by their seeds, with everything going wrong that can.
#[derive(Debug, Parser)]
#[command(name = "wasurena-sim", version)]
struct Arguments {
    /// Plays a range of seeds, such as 1..2001 (the end is not played).
    #[arg(long, value_name = "A..B", value_parser = range, conflicts_with = "seed")]
    seeds: Option<Range<u64>>,
    /// Plays one seed.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Says what came of it as JSON.
    #[arg(long)]
    json: bool,
    /// Prints the whole trail of one seed.
    #[arg(long, requires = "seed")]
    trace: bool,
    /// Switches a seeded mistake on.
    #[arg(long, value_name = "NAME", value_parser = mistake)]
    mistake: Option<Mistake>,
    /// Lists the seeded mistakes.
    #[arg(long)]
    list_mistakes: bool,
}

fn range(text: &str) -> Result<Range<u64>, String> {
    let (from, to) = text.split_once("..").ok_or("write a range such as 1..2001")?;
    let number =
        |text: &str| text.parse::<u64>().map_err(|_| format!("{text:?} is no number; write a range such as 1..2001"));
    let range = number(from)?..number(to)?;
    if range.is_empty() { Err(format!("{text} holds no seed; write the smaller number first")) } else { Ok(range) }
}

fn mistake(name: &str) -> Result<Mistake, String> {
    let found = mistake::ALL.iter().find(|(known, _)| *known == name);
    found.map(|(_, mistake)| *mistake).ok_or_else(|| format!("no mistake is named {name:?}; see --list-mistakes"))
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list_mistakes {
        for (name, _) in mistake::ALL {
            println!("{name}");
        }
        return ExitCode::SUCCESS;
    }
    match (&arguments.seeds, arguments.seed) {
        (Some(seeds), _) => many(seeds.clone(), &arguments),
        (None, Some(seed)) => one(seed, &arguments),
        (None, None) => {
            println!("say which worlds to play: --seeds 1..2001, or --seed 7 --trace");
            ExitCode::from(2)
        }
    }
}

fn many(seeds: Range<u64>, arguments: &Arguments) -> ExitCode {
    let report = play_all(seeds, arguments.mistake, arguments.mistake.is_some());
    if arguments.json {
        println!("{}", serde_json::json!(report));
    } else {
        println!(
            "{} seeds, {} follow-ups, {} sends, {} faults, {} violations, trail {}",
            report.seeds,
            report.follow_ups,
            report.sends,
            report.faults,
            report.violations.len(),
            report.trail_hash
        );
        for broken in &report.violations {
            println!("seed {}: {}: {}", broken.seed, broken.invariant, broken.what);
        }
    }
    let Some(first) = report.violations.first() else { return ExitCode::SUCCESS };
    if !arguments.json {
        shortest(&Play { seed: first.seed, mistake: arguments.mistake, ..Play::default() });
    }
    ExitCode::FAILURE
}

fn one(seed: u64, arguments: &Arguments) -> ExitCode {
    let how = Play { seed, mistake: arguments.mistake, keeps_trail: arguments.trace, ..Play::default() };
    let outcome = play(&how);
    for line in &outcome.lines {
        println!("{line}");
    }
    if arguments.json {
        let violation = outcome.violation.as_ref().map(ToString::to_string);
        println!(
            "{}",
            serde_json::json!({
                "seed": seed,
                "follow_ups": outcome.follow_ups,
                "sends": outcome.sends,
                "faults": outcome.faults,
                "violation": violation,
                "trail_hash": outcome.hash,
            })
        );
    } else {
        summary(seed, &outcome);
    }
    match outcome.violation {
        None => ExitCode::SUCCESS,
        Some(_) if arguments.trace || arguments.json => ExitCode::FAILURE,
        Some(_) => {
            shortest(&how);
            ExitCode::FAILURE
        }
    }
}

fn summary(seed: u64, outcome: &Outcome) {
    let Outcome { follow_ups, sends, faults, steps, violation, hash, .. } = outcome;
    println!("seed {seed}: {follow_ups} follow-ups, {sends} sends, {faults} faults, {steps} steps, trail {hash}");
    match violation {
        Some(violation) => println!("broken: {violation}"),
        None => println!("every promise was kept"),
    }
}

/// Prints the end of the shortest trail to a broken promise, and what is left out of the world.
fn shortest(how: &Play) {
    let Some((smallest, outcome)) = shrink(how) else { return };
    println!(
        "\nThe shortest trail found, without {:?} and {} of {} deeds:",
        smallest.without,
        smallest.leaving_out.len(),
        outcome.deeds
    );
    let skipped = outcome.lines.len().saturating_sub(LAST_LINES);
    if skipped > 0 {
        println!("… {skipped} lines before");
    }
    for line in &outcome.lines[skipped..] {
        println!("{line}");
    }
    if let Some(violation) = &outcome.violation {
        println!("broken: {violation}");
    }
    println!("Play it again: wasurena-sim --seed {} --trace", how.seed);
}
