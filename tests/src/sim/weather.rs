//! How much goes wrong in a world, and what: decided by its seed.

use chrono::TimeDelta;
use fastrand::Rng;
use wasurena_local::aws::Passage;

/// What can go wrong, and how likely it does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Weather {
    /// A call is struck.
    pub(crate) call: f64,
    /// A call to the post is struck.
    pub(crate) post: f64,
    /// A function crashes, at each step.
    pub(crate) crash: f64,
    /// An alarm is lost; or late; or rings twice; or early.
    pub(crate) alarm: f64,
    /// An event or a batch is carried twice, or late.
    pub(crate) carried: f64,
    /// An event of the post is lost.
    pub(crate) lost: f64,
    /// Clocks of machines are this far apart, in seconds.
    pub(crate) skew_s: i64,
    /// Time jumps, at each step.
    pub(crate) jump: f64,
}

/// A kind of trouble, which a run can be played without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "named as the weather's fields")]
pub enum Trouble {
    Call,
    Post,
    Crash,
    Alarm,
    Carried,
    Lost,
    Skew,
    Jump,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Call, Self::Post, Self::Crash, Self::Alarm, Self::Carried, Self::Lost, Self::Skew, Self::Jump];
}

impl Weather {
    /// No trouble at all.
    pub(crate) const CALM: Self =
        Self { call: 0.0, post: 0.0, crash: 0.0, alarm: 0.0, carried: 0.0, lost: 0.0, skew_s: 0, jump: 0.0 };

    /// The weather of a seed: calm, rough or stormy.
    pub(crate) fn of(dice: &mut Rng) -> Self {
        let rough = Self {
            call: 0.01,
            post: 0.04,
            crash: 0.002,
            alarm: 0.05,
            carried: 0.05,
            lost: 0.02,
            skew_s: 20,
            jump: 0.0005,
        };
        match dice.u32(0..16) {
            0..=1 => Self::CALM,
            2..=14 => rough,
            _ => Self {
                call: 0.05,
                post: 0.25,
                crash: 0.015,
                alarm: 0.3,
                carried: 0.2,
                lost: 0.2,
                skew_s: 90,
                jump: 0.003,
            },
        }
    }

    /// The same weather without one kind of trouble.
    #[must_use]
    pub(crate) fn without(self, trouble: Trouble) -> Self {
        match trouble {
            Trouble::Call => Self { call: 0.0, ..self },
            Trouble::Post => Self { post: 0.0, ..self },
            Trouble::Crash => Self { crash: 0.0, ..self },
            Trouble::Alarm => Self { alarm: 0.0, ..self },
            Trouble::Carried => Self { carried: 0.0, ..self },
            Trouble::Lost => Self { lost: 0.0, ..self },
            Trouble::Skew => Self { skew_s: 0, ..self },
            Trouble::Jump => Self { jump: 0.0, ..self },
        }
    }

    /// What becomes of a call.
    pub(crate) fn passage(&self, dice: &mut Rng, call: &str) -> Passage {
        let rate = if call.starts_with("ses.") { self.post } else { self.call };
        if dice.f64() >= rate {
            return Passage::Through;
        }
        match dice.u32(0..6) {
            0 => Passage::Throttled,
            1 => Passage::Failed,
            2 => Passage::Unreachable,
            3 => Passage::AnswerLost,
            4 => Passage::Silent,
            _ => Passage::SilentlyDone,
        }
    }

    /// How much a machine's clock shows too much.
    pub(crate) fn skew(&self, dice: &mut Rng) -> TimeDelta {
        TimeDelta::seconds(dice.i64(-self.skew_s..=self.skew_s))
    }
}
