"""How far raters agree, how many are needed, and how severe each is. numpy and scipy only (extra ``measurement``).

Describes raters and rubrics; decides nothing about a lesson. Floats are at home here and nowhere else in this package.

* :mod:`rubrics.measurement.agreement`: exact and adjacent agreement, the kappas, Krippendorff's alpha, Gwet's AC1 and
  AC2, intraclass correlations, each with a confidence interval.
* :mod:`rubrics.measurement.generalizability`: G-study and D-study, "how many raters for 0.8?".
* :mod:`rubrics.measurement.facets`: many-facet Rasch, lessons x criteria x raters.
"""
