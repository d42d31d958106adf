//! Finding statuses: what is written is what is read back.

use finitestate::{
    FindingStatusUpdate,
    queries::{GetFinding, ListFindings, ListUsers, UpdateFindingsStatuses},
    types::{
        FindingStatusJustificationEnum as Justification, FindingStatusOption as Status,
        FindingStatusResponseEnum as Response,
    },
};
use futures_util::TryStreamExt;

use crate::setup::Setup;

#[tokio::test]
async fn a_status_that_is_set_is_read_back_with_its_details() {
    let Setup {
        client,
        sandbox: _sandbox,
    } = Setup::start().await;
    let user = client
        .items(ListUsers::new())
        .try_next()
        .await
        .unwrap()
        .unwrap();
    let finding = client
        .items(ListFindings::new().first(1))
        .try_next()
        .await
        .unwrap()
        .unwrap();

    for (update, status, justification, responses) in [
        (
            FindingStatusUpdate::affected([Response::UpdateRequired]),
            Status::Affected,
            None,
            vec![Response::UpdateRequired],
        ),
        (
            FindingStatusUpdate::not_affected(Justification::ComponentNotPresent),
            Status::NotAffected,
            Some(Justification::ComponentNotPresent),
            vec![],
        ),
        (FindingStatusUpdate::fixed(), Status::Fixed, None, vec![]),
        (
            FindingStatusUpdate::under_investigation(),
            Status::UnderInvestigation,
            None,
            vec![],
        ),
    ] {
        let update = update.comment("seen in a test");
        assert_eq!(update.status(), &status);
        let updated = client
            .execute(UpdateFindingsStatuses::new(
                vec![finding.id.clone()],
                update,
                user.id.clone(),
            ))
            .await
            .unwrap();
        let updated = updated.update_findings_statuses.unwrap();
        assert_eq!(updated.ids.unwrap(), std::slice::from_ref(&finding.id));

        let read = client
            .execute(GetFinding::new(finding.id.clone()))
            .await
            .unwrap();
        let current = read.finding.unwrap().current_status.unwrap();
        assert_eq!(current.status, Some(status));
        assert_eq!(current.justification, justification);
        assert_eq!(current.responses.unwrap_or_default(), responses);
        assert_eq!(current.comment.as_deref(), Some("seen in a test"));
    }
}
