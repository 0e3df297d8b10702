//! What the Living Atlases read in another way.

use crate::parse::living_atlas::{license as licenses, state, uncertainty};
use crate::table::given::{Answer, Given};

type Answered = Result<Answer, String>;

/// A licence.
pub fn license(given: &Given<'_>) -> Answered {
    Ok(Answer::new().with("license", licenses::license(given.text_or_empty("in.license"))))
}

/// A state of Australia.
pub fn state_province(given: &Given<'_>) -> Answered {
    Ok(Answer::new().with("stateProvince", state::state(given.text_or_empty("in.stateProvince"))))
}

/// An uncertainty in metres.
pub fn distance(given: &Given<'_>) -> Answered {
    let text = given.text_or_empty("in.coordinateUncertaintyInMeters");
    Ok(Answer::new().with("meters", uncertainty::uncertainty(text)))
}
