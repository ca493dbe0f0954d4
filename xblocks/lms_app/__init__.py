"""The LMS's LTI platform: tables, addresses, commands around `xblocks.lti_platform`. Enter through `api`."""
