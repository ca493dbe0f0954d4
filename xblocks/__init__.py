"""Everything of Shijie that runs on the learning platform's side: blocks, the LTI platform core and the LMS app."""
