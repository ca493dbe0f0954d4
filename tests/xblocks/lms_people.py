"""The directory of the test LMS: two courses, a few people; the session names who is signed in."""

from __future__ import annotations

from xblocks.lti_platform import Context, Member, Roles

COURSE = "course-v1:Gansu+DL+2026"
OTHER_COURSE = "course-v1:Gansu+Other+2026"

_COURSES = {
    COURSE: Context(id=COURSE, title="数字素养提升", label="DL"),
    OTHER_COURSE: Context(id=OTHER_COURSE, title="另一门课"),
}
TEACHER = Member(
    sub="teacher-1",
    roles=(Roles.LEARNER,),
    name="李 秀英",
    given_name="秀英",
    family_name="李",
    email="lixiuying@example.org",
    staff_number="T-58001",
)
COLLEAGUE = Member(sub="teacher-2", roles=(Roles.LEARNER,), name="王强")
TRAINER = Member(sub="trainer-1", roles=(Roles.INSTRUCTOR,), name="赵敏")
_MEMBERS = {COURSE: (TEACHER, COLLEAGUE, TRAINER), OTHER_COURSE: (COLLEAGUE,)}


def current_sub(request) -> str | None:
    return request.session.get("sub")


def course(course_id: str) -> Context | None:
    return _COURSES.get(course_id)


def members(course: str) -> tuple[Member, ...]:
    return _MEMBERS.get(course, ())


def user(sub: str, *, course: str) -> Member | None:
    return next((member for member in members(course) if member.sub == sub), None)
