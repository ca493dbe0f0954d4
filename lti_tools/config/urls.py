"""Every address of the service. Each view carries its row of the authorization table (`web/screen.py`)."""

from __future__ import annotations

from django.urls import path

from lti_tools.web import (
    accounts,
    areas,
    batches,
    certificate_revoking,
    certificates,
    closing,
    corrections,
    diagnosis,
    diagnosis_checks,
    dossiers,
    erasures,
    home,
    identities,
    identity_split,
    lesson,
    lesson_result,
    lti,
    media,
    officer,
    organisations,
    own_data,
    participation,
    people,
    person_changes,
    problems,
    programmes,
    rating,
    report_runs,
    retention,
    roles,
    roster,
    school_list,
    school_office,
    second_factor,
    sign_in,
    slip_scan,
    slips,
    specialist,
    trail,
    uploads,
)
from lti_tools.web import path as path_page
from lti_tools.web.api import placement

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("language", sign_in.language, name="language"),
    # LTI 1.3
    path("lti/login", lti.login, name="lti-login"),
    path("lti/launch", lti.launch, name="lti-launch"),
    path("lti/waiting", lti.waiting, name="lti-waiting"),
    path("lti/waiting/claim", lti.claim, name="identity-claim"),
    path("lti/jwks", lti.jwks, name="lti-jwks"),
    path("api/v1/placement", placement.placement, name="api-placement"),
    # Teacher
    path("path", path_page.path, name="path"),
    path("diagnosis", diagnosis.diagnosis, name="diagnosis"),
    path("diagnosis/further", diagnosis.further, name="diagnosis-further"),
    path("lessons/<uuid:lesson_id>/result", lesson_result.lesson_result, name="lesson-result"),
    path("certificates/<uuid:certificate_id>.pdf", certificates.own_paper, name="certificate-paper"),
    # Anyone
    path("verify", certificates.verify, name="verify"),
    path("verify/<str:secret>", certificates.verify_secret, name="verify-secret"),
    # Specialist
    path("school", specialist.desk, name="specialist-desk"),
    path("school/<uuid:enrolment_id>", specialist.teacher, name="specialist-teacher"),
    path("school/<uuid:enrolment_id>/checks", diagnosis_checks.checks, name="specialist-checks"),
    # Reports
    path("reports", report_runs.runs, name="report-runs"),
    path("reports/<uuid:run_id>", report_runs.run, name="report-run"),
    path("reports/<uuid:run_id>/progress", report_runs.progress, name="report-progress"),
    path("reports/<uuid:run_id>/<str:which>", report_runs.download, name="report-file"),
    # Administrator
    path("problems", problems.problems, name="problems"),
    path("problems/<int:row_id>/retry", problems.retry, name="problem-retry"),
]
for module in (
    lesson,
    uploads,
    media,
    rating,
    officer,
    programmes,
    roster,
    identities,
    identity_split,
    second_factor,
    accounts,
    roles,
    slip_scan,
    slips,
    organisations,
    areas,
    school_list,
    own_data,
    corrections,
    erasures,
    retention,
    dossiers,
    batches,
    closing,
    participation,
    people,
    person_changes,
    certificate_revoking,
    school_office,
    trail,
):
    urlpatterns += module.urlpatterns

handler400 = "lti_tools.web.errors.bad_request"
handler404 = "lti_tools.web.errors.not_found"
handler500 = "lti_tools.web.errors.server_error"
