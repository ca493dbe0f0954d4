#!/usr/bin/env bash
# Extracts texts of the service and of the authors' command into their Chinese catalogues; with --check fails when one
# is untranslated or out of date.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

# What stands in the sources listed in $work/$1, into the catalogue $2; only the order and the gone texts change.
merge() {
  local name=$1 catalogue=$2
  xgettext --from-code=UTF-8 --language=Python --files-from="$work/$name" --no-location --sort-output \
    --keyword=gettext_noop --keyword=gettext_lazy --keyword=gettext --keyword=_ --keyword=N_ \
    --keyword=ngettext:1,2 --keyword=ngettext_lazy:1,2 --keyword=pgettext:1c,2 --keyword=pgettext_lazy:1c,2 \
    --output="$work/$name.pot"
  msgmerge --quiet --no-fuzzy-matching --sort-output --no-location --no-wrap -o "$work/new.po" "$catalogue" "$work/$name.pot"
  msgattrib --no-obsolete --no-wrap --no-location --sort-output -o "$work/clean.po" "$work/new.po"
  [ "${3:-}" = "--check" ] || { cp "$work/clean.po" "$catalogue"; return; }
  left=$(msgattrib --untranslated --no-wrap "$work/clean.po" | grep -c '^msgid' || true)
  fuzzy=$(msgattrib --only-fuzzy --no-wrap "$work/clean.po" | grep -c '^msgid' || true)
  if [ "${left:-0}" -gt 1 ] || [ "${fuzzy:-0}" -gt 1 ]; then
    echo "$catalogue is not complete:"; msgattrib --untranslated --no-wrap "$work/clean.po" | grep '^msgid' | head -40
    exit 1
  fi
}

git ls-files --cached --others --exclude-standard 'lti_tools/*.py' > "$work/service"
git ls-files --cached --others --exclude-standard 'lti_tools/*.html' > "$work/html"
.venv/bin/python tools/template_texts.py "$work" < "$work/html"
find "$work/templates" -name '*.py' >> "$work/service" 2>/dev/null || true
merge service lti_tools/locale/zh_Hans/LC_MESSAGES/django.po "${1:-}"

git ls-files --cached --others --exclude-standard 'rubrics/command/*.py' > "$work/command"
merge command rubrics/locale/zh_Hans/LC_MESSAGES/rubrics.po "${1:-}"
