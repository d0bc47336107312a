//! Faults on demand: what can go wrong between a caller and AWS, so that tests
//! and curious owners can watch the system cope.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The services whose calls can be made to fail.
const SERVICES: [&str; 4] = ["dynamodb", "scheduler", "ses", "ssm"];

/// One fault, as `POST /_local/faults` takes it. It lasts for `times` hits, or
/// until `until`, or with neither until all faults are cleared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which calls: `ses.SendEmail`, `dynamodb.*`, `*`.
    pub call: String,
    /// What happens to them.
    pub how: How,
    /// How many calls it hits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// From when on, in virtual time, it hits no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// How likely it hits a call, 0 to 1; always when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The service's own throttling error; no effect.
    Throttle,
    /// Status 500; no effect.
    FailBefore,
    /// The effect happens, then the connection breaks.
    FailAfter,
    /// No answer, ten virtual seconds long; no effect.
    Timeout,
    /// Connection refused; no effect.
    Down,
}

/// A fault that makes no sense.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FaultError {
    /// `call` names no service of the embedded cloud.
    #[error("no call is named {0:?}; write for example \"ses.SendEmail\", \"dynamodb.*\" or \"*\"")]
    UnknownCall(String),
    /// `rate` is no probability.
    #[error("the rate {0} is not between 0 and 1")]
    Rate(f64),
}

impl Fault {
    fn check(&self) -> Result<(), FaultError> {
        if let Some(rate) = self.rate
            && !(0.0..=1.0).contains(&rate)
        {
            return Err(FaultError::Rate(rate));
        }
        let service = self.call.split('.').next().unwrap_or_default();
        let known = match self.call.split_once('.') {
            Some((service, operation)) => SERVICES.contains(&service) && !operation.is_empty(),
            None => service.strip_suffix('*').is_some_and(|start| SERVICES.iter().any(|name| name.starts_with(start))),
        };
        if known { Ok(()) } else { Err(FaultError::UnknownCall(self.call.clone())) }
    }

    fn names(&self, call: &str) -> bool {
        match self.call.strip_suffix('*') {
            Some(start) => call.starts_with(start),
            None => call == self.call,
        }
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.times == Some(0) || self.until.is_some_and(|until| now >= until)
    }
}

/// The faults that stand, oldest first: the first that hits a call decides.
#[derive(Debug)]
pub struct Faults {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    faults: Vec<Fault>,
    dice: fastrand::Rng,
}

impl Faults {
    /// No faults; `rate` throws dice seeded with `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: Mutex::new(State { faults: Vec::new(), dice: fastrand::Rng::with_seed(seed) }) }
    }

    /// Adds a fault behind those that stand.
    ///
    /// # Errors
    /// When `call` names nothing or `rate` is no probability.
    pub fn add(&self, fault: Fault) -> Result<(), FaultError> {
        fault.check()?;
        self.state().faults.push(fault);
        Ok(())
    }

    /// Ends all faults.
    pub fn clear(&self) {
        self.state().faults.clear();
    }

    /// The faults that stand.
    #[must_use]
    pub fn list(&self) -> Vec<Fault> {
        self.state().faults.clone()
    }

    /// Starts the dice anew, so that a run can be repeated.
    pub fn seed(&self, seed: u64) {
        self.state().dice.seed(seed);
    }

    /// What happens to this call, if anything.
    pub(crate) fn hit(&self, call: &str, now: DateTime<Utc>) -> Option<How> {
        let mut state = self.state();
        let State { faults, dice } = &mut *state;
        faults.retain(|fault| !fault.is_over(now));
        let fault = faults
            .iter_mut()
            .filter(|fault| fault.names(call))
            .find(|fault| fault.rate.is_none_or(|rate| dice.f64() < rate))?;
        if let Some(times) = &mut fault.times {
            *times = times.saturating_sub(1);
        }
        Some(fault.how)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        format!("2026-04-01T12:{minute:02}:00Z").parse().unwrap()
    }

    fn faults(json: &[&str]) -> Faults {
        let faults = Faults::new(1);
        for fault in json {
            faults.add(serde_json::from_str(fault).unwrap()).unwrap();
        }
        faults
    }

    #[test]
    fn times_counts_hits_only() {
        let faults = faults(&[r#"{"call": "ses.SendEmail", "how": "throttle", "times": 2}"#]);
        let hits: Vec<_> = ["ses.SendEmail", "ses.GetAccount", "ses.SendEmail", "ses.SendEmail"]
            .map(|call| faults.hit(call, at(0)))
            .into();
        assert_eq!(hits, [Some(How::Throttle), None, Some(How::Throttle), None]);
        assert!(faults.list().is_empty());
    }

    #[test]
    fn until_is_virtual_time() {
        let faults = faults(&[r#"{"call": "dynamodb.*", "how": "down", "until": "2026-04-01T12:30:00Z"}"#]);
        assert_eq!(faults.hit("dynamodb.Query", at(29)), Some(How::Down));
        assert_eq!(faults.hit("scheduler.GetSchedule", at(29)), None);
        assert_eq!(faults.hit("dynamodb.Query", at(30)), None);
    }

    #[test]
    fn the_first_that_hits_decides() {
        let faults = faults(&[
            r#"{"call": "ses.SendEmail", "how": "fail_after", "times": 1}"#,
            r#"{"call": "*", "how": "timeout"}"#,
        ]);
        assert_eq!(faults.hit("ses.SendEmail", at(0)), Some(How::FailAfter));
        assert_eq!(faults.hit("ses.SendEmail", at(0)), Some(How::Timeout));
        faults.clear();
        assert_eq!(faults.hit("ses.SendEmail", at(0)), None);
    }

    #[test]
    fn the_same_seed_throws_the_same_dice() {
        let run = || {
            let faults = faults(&[r#"{"call": "*", "how": "fail_before", "rate": 0.3}"#]);
            faults.seed(7);
            (0..1000).filter(|_| faults.hit("ssm.GetParameter", at(0)).is_some()).count()
        };
        assert_eq!(run(), run());
        assert!((250..350).contains(&run()), "{} hits of 1000 at a rate of 0.3", run());
    }

    #[test]
    fn nonsense_is_refused() {
        for call in ["", "ses", "ses.", "sns.Publish", "x*"] {
            let fault = Fault { call: call.into(), how: How::Down, times: None, until: None, rate: None };
            assert_eq!(Faults::new(1).add(fault), Err(FaultError::UnknownCall(call.into())), "{call}");
        }
        for rate in [-0.1, 1.1, f64::NAN] {
            let fault = Fault { call: "*".into(), how: How::Down, times: None, until: None, rate: Some(rate) };
            assert!(matches!(Faults::new(1).add(fault), Err(FaultError::Rate(_))), "{rate}");
        }
        assert!(serde_json::from_str::<Fault>(r#"{"call": "*", "how": "explode"}"#).is_err());
        assert!(serde_json::from_str::<Fault>(r#"{"call": "*", "how": "down", "time": 1}"#).is_err());
    }
}
