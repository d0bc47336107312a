//! Many lives, on all the machine's cores, folded into one summary: memory holds the few lives that are being lived.

use super::life::{Life, Onlooker, Unseen, World};
use super::person::Person;
use super::tally::Tally;
use anyhow::anyhow;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many people a core takes up at a time.
const CHUNK: u64 = 256;

/// People, by their places: 0, 1, 2, …
pub(crate) trait Crowd: Sync {
    /// How many there are.
    fn count(&self) -> u64;

    /// One of them; the same one whenever they are asked for.
    fn person(&self, world: World<'_>, place: u64) -> anyhow::Result<Person>;
}

/// Plays everybody. `done` hears how many more were played; the result does not depend on how the work was divided.
pub(crate) fn play(world: World<'_>, crowd: &impl Crowd, done: impl Fn(u64) + Sync) -> anyhow::Result<Tally> {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let next = AtomicU64::new(0);
    let work = || {
        let mut tally = Tally::new(world);
        loop {
            let first = next.fetch_add(CHUNK, Ordering::Relaxed);
            if first >= crowd.count() {
                return anyhow::Ok(tally);
            }
            let places = first..crowd.count().min(first + CHUNK);
            done(places.end - places.start);
            tally = tally.and(play_some(world, crowd, places, &mut Unseen)?);
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_fold(Tally::new(world), |tally, worker| {
            Ok(tally.and(worker.join().map_err(|_| anyhow!("a part of the simulation broke off"))??))
        })
    })
}

/// Plays some of them, one after the other.
pub(crate) fn play_some(
    world: World<'_>,
    crowd: &impl Crowd,
    places: Range<u64>,
    onlooker: &mut impl Onlooker,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::new(world);
    for place in places {
        let person = crowd.person(world, place)?;
        let number = person.number;
        tally.count(world, number, &Life::live(world, person, onlooker)?);
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::{FROM, book, people::People, world};

    #[test]
    fn ten_times_the_people_are_ten_times_the_work() {
        let book = book(None).unwrap();
        let world = world(&book, FROM, 1).unwrap();
        let plans = |count| {
            let people = People::new(count, 5, world).unwrap();
            play(world, &people, |_| ()).unwrap().plans
        };
        let (few, many) = (plans(400) * 10, plans(4000));
        assert!(many.abs_diff(few) * 20 < many, "{many} plans for ten times the people, of whom a tenth needs {few}");
    }

    #[test]
    fn parts_add_up_to_the_whole_however_it_is_divided() {
        let book = book(None).unwrap();
        let world = world(&book, FROM, 1).unwrap();
        let people = People::new(CHUNK + 17, 5, world).unwrap();
        let whole = play_some(world, &people, 0..people.count(), &mut Unseen).unwrap();
        assert!(whole.mails > 1000 && whole.thanks.kept > 200, "{whole:?}");
        assert_eq!(play(world, &people, |_| ()).unwrap(), whole);
        for part in [1, 100] {
            let parts = (0..people.count()).step_by(part).map(|first| {
                let places = first..people.count().min(first + u64::try_from(part).unwrap());
                play_some(world, &people, places, &mut Unseen).unwrap()
            });
            assert_eq!(parts.fold(Tally::new(world), Tally::and), whole, "in parts of {part}");
        }
    }
}
