#!/usr/bin/env bash
# Extracts texts of the service into its Chinese catalogue; with --check fails when one is untranslated or out of date.
set -euo pipefail
catalogue=lti_tools/locale/zh_Hans/LC_MESSAGES/django.po
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
git ls-files --cached --others --exclude-standard 'lti_tools/*.py' > "$work/python"
git ls-files --cached --others --exclude-standard 'lti_tools/*.html' > "$work/html"
.venv/bin/python tools/template_texts.py "$work" < "$work/html"
find "$work/templates" -name '*.py' >> "$work/python" 2>/dev/null || true
xgettext --from-code=UTF-8 --language=Python --files-from="$work/python" --no-location --sort-output \
  --keyword=gettext_noop --keyword=gettext_lazy --keyword=gettext --keyword=_ \
  --keyword=ngettext:1,2 --keyword=ngettext_lazy:1,2 --keyword=pgettext:1c,2 --keyword=pgettext_lazy:1c,2 \
  --output="$work/django.pot"
msgmerge --quiet --no-fuzzy-matching --sort-output --no-location --no-wrap -o "$work/new.po" "$catalogue" "$work/django.pot"
msgattrib --no-obsolete --no-wrap --no-location --sort-output -o "$work/clean.po" "$work/new.po"
if [ "${1:-}" = "--check" ]; then
  left=$(msgattrib --untranslated --no-wrap "$work/clean.po" | grep -c '^msgid' || true)
  fuzzy=$(msgattrib --only-fuzzy --no-wrap "$work/clean.po" | grep -c '^msgid' || true)
  if [ "${left:-0}" -gt 1 ] || [ "${fuzzy:-0}" -gt 1 ]; then
    echo "The Chinese catalogue is not complete:"; msgattrib --untranslated --no-wrap "$work/clean.po" | grep '^msgid' | head -40
    exit 1
  fi
else
  cp "$work/clean.po" "$catalogue"
fi
