"""Programmes say by which hours rules they count. Those opened before get the packaged default, by whose cap they were
counted anyway (`lti_tools.programmes.api.hours_rules` lets the hours of their award rules hold where these carry them).
"""

from django.db import migrations, models

from rubrics import library

# policies/hours-rules-default/v1.toml, as locked in rubrics/definitions.lock.
DEFAULT = "b240ba11f6b3c4b1aabb5c046120d7a41a09ea210153f1487cfc764666c7f871"


def publish_default(apps, schema_editor):
    """Where there are programmes, what they now name must be there to be read."""
    if not apps.get_model("shijie", "Programme").objects.exists():
        return
    rules = next(one for one in library.packaged() if one.hash == DEFAULT)
    apps.get_model("shijie", "Definition").objects.get_or_create(
        hash=rules.hash,
        defaults={"kind": rules.kind, "key": rules.key, "version": rules.version, "text": rules.text},
    )


class Migration(migrations.Migration):

    dependencies = [
        ("shijie", "0002_marks_inside_levels"),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="hours_rules_hash",
            field=models.CharField(default=DEFAULT, max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(publish_default, migrations.RunPython.noop),
    ]
