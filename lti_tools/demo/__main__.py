"""`make demo`: prepares, starts, says what to try, and stops everything on Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

from lti_tools.demo.supervisor import ROOT, Demo, free_port

DATA = Path(os.environ.get("SHIJIE_DATA_DIR") or ROOT / "var" / "demo").resolve()

WELCOME = """
师阶 Shijie 已就绪 / is ready ({seconds:.1f} s)

  从这里开始 / start here:  {lms}
  服务地址 / the service:   {service}

  1. 在演示平台选一位老师（58 岁、42 岁或 28 岁），打开课程里的“师阶”，回答问题，看看分到哪一层、为什么。
     Choose a teacher in the demo LMS, open the training from the course, answer, and see the tier and why.
  2. 用首页列出的评审员、专员、教育局账号登录，评课、签核任务、生成年度考核材料。
     Sign in with the accounts listed there to rate lessons, sign off tasks and run the appraisal papers.
     教育局干部、复核人、组长、管理员还要输入首页该账号旁的六位数字（实际使用时在本人手机上）；每个数字只能用一次。
     Officers, reviewers, the chair and the administrator also type the six digits shown beside their account there
     (in life: on their telephone); each works once.
  3. 另开一个终端运行 make demo-check，看无头浏览器把整个故事走一遍。
     Run make demo-check in a second terminal to watch a headless browser play the whole story.

  示例课录像 / sample lessons: {clips}
  按 Ctrl-C 全部停止；数据保留。 Ctrl-C stops all of it and keeps the data.
"""


def say(text: str) -> None:
    print(text, flush=True)


def already_running() -> dict[str, object] | None:
    """The addresses of a demo on the same data whose process is still alive."""
    file = DATA / "running.json"
    if not file.exists():
        return None
    found: dict[str, object] = json.loads(file.read_text())
    try:
        os.kill(int(str(found["pid"])), 0)
    except (ProcessLookupError, PermissionError):
        return None
    return found


def main() -> int:
    since = time.monotonic()
    if already_running():
        say(
            "演示已在运行。 The demo is already running on this data; stop it first (Ctrl-C in its terminal)."
        )
        return 1
    demo = Demo(
        data=DATA,
        service_port=free_port(int(os.environ.get("SHIJIE_DEMO_PORT") or 8000)),
        lms_port=free_port(int(os.environ.get("SHIJIE_DEMO_LMS_PORT") or 8010)),
    )
    # Python leaves SIGINT alone when a shell started it in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    say("[1/2] 准备数据 / databases and demo district ...")
    demo.prepare()
    say("[2/2] 启动服务 / starting web, worker and the demo LMS ...")
    try:
        demo.start()
        return _stay(demo, time.monotonic() - since)
    except (KeyboardInterrupt, SystemExit) as end:
        return end.code if isinstance(end, SystemExit) and isinstance(end.code, int) else 0
    finally:
        say("停止中 / stopping ...")
        demo.stop()
        (DATA / "running.json").unlink(missing_ok=True)


def _stay(demo: Demo, seconds: float) -> int:
    state = {"pid": os.getpid(), "service": demo.service, "lms": demo.lms}
    (DATA / "running.json").write_text(json.dumps(state))
    clips = ROOT / "var" / "clips"
    say(WELCOME.format(seconds=seconds, lms=demo.lms, service=demo.service, clips=clips))
    while not demo.broken():
        time.sleep(0.5)
    say(f"{demo.broken()} 意外停止 / ended by itself; see {DATA / 'logs'}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
