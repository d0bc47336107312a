//! What somebody answered to a survey that a person asked: on the phone, at the door, on a card that came back. It counts as if
//! they had tapped it.

use crate::owner::Whom;
use anyhow::{Context as _, anyhow};
use clap::Args;
use std::io::Write;
use std::process::ExitCode;
use wasurena_cloud::listening::take_in;
use wasurena_domain::follow_up::FollowUp;
use wasurena_domain::ids::{AnswerId, StepId};
use wasurena_domain::listening::{Choice, Listening};

/// `wasurena answer …`
#[derive(Debug, Args)]
pub(crate) struct AnswerGiven {
    #[command(flatten)]
    whom: Whom,
    /// The answer: the id of one of the survey's answers
    answer: String,
    /// Of which survey, by its id in the programme; else the newest that has this answer
    #[arg(long)]
    step: Option<String>,
    /// What they said, in their words
    #[arg(long)]
    words: Option<String>,
}

/// Takes an answer in, and says what counts now.
pub(crate) async fn answer(given: AnswerGiven, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let (rooms, shop, id) = given.whom.find().await?;
    let answer = AnswerId::parse(&given.answer).with_context(|| format!("`{}` is no answer's id", given.answer))?;
    let step = given.step.as_deref().map(StepId::parse).transpose()?;
    let book = rooms.bookshelf.open(&shop).await?.book;
    let file = rooms.diary.file(&shop, &id).await?.context("there is no such customer (any more)")?;
    let asked = asked(&book.programme.listening, &file.follow_ups, &answer, step.as_ref());
    let (asked, choice) = asked.ok_or_else(|| {
        anyhow!(
            "nobody asked them that: no survey with the answer `{answer}` has gone out to them, or is in your hands"
        )
    })?;
    let words = given.words.as_deref();
    let taken = take_in(&rooms.diary, &book.shop, asked, choice, words, rooms.clock.now()).await?;
    writeln!(out, "{id}: {} to {}, which means {}", choice.id, asked.step, taken.means.name())?;
    if taken.means.is_unhappy() {
        writeln!(out, "everything cheerful waits: `wasurena case list {shop}` shows what to do")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The newest survey that has reached them, or that a person has, and has this answer.
fn asked<'a>(
    listening: &'a Listening,
    follow_ups: &'a [FollowUp],
    answer: &AnswerId,
    step: Option<&StepId>,
) -> Option<(&'a FollowUp, &'a Choice)> {
    let of_step = |f: &&FollowUp| f.state.has_left() && step.is_none_or(|step| f.step == *step);
    let has_answer = |f: &'a FollowUp| Some((f, listening.questions.get(&f.step)?.choice(answer)?));
    follow_ups.iter().filter(of_step).filter_map(has_answer).max_by_key(|(f, _)| f.sent_at)
}
