"""The pages of the imitation, after what is known of those of the search tool."""

from __future__ import annotations

SEARCH = """<!DOCTYPE html><html><head><title>IMR decisions search</title></head><body>
<form name="CaseSearch" method="post" action="{{ endpoint }}"><input type="hidden" name="Fname" value="Case">
{% for name in fields + ["CaseOutcomeV"] %}<input name="{{ name }}">{% endfor %}
<input type="submit" name="Submit" value="Submit"></form>
<form name="TxSearch" method="post" action="{{ endpoint }}"><input type="hidden" name="Fname" value="Tx">
{% for name in fields + ["OutcomeV", "SubCategoryV"] %}<input name="{{ name }}">{% endfor %}
<input type="submit" name="Submit" value="Submit"></form></body></html>"""

_RESULTS = """<!DOCTYPE html><html><head><title>IMR decisions</title></head><body><h1>Search results</h1>
{% if not total %}<p>No records were found for your search.</p>{% else %}
<table class="tabborder"><tr>{% for title in titles %}<th>{{ title }}</th>{% endfor %}</tr>
{% for row in rows %}<tr>ROW</tr>
{% endfor %}</table>
<p>Records found: <strong>{{ total }}</strong></p>
{% if next %}<form name="Nextpage" method="post" action="{{ endpoint }}">
{% for name, value in asked.items() %}<input type="hidden" name="{{ name }}" value="{{ value }}">{% endfor %}
<input type="hidden" name="newpageno" value="{{ next }}"><input type="submit" name="Submit" value="Next"></form>
{% endif %}{% endif %}</body></html>"""

_CASE = """<td><a href="{{ row.case.path }}">{{ row.case.number }}</a>
{% if row.case.items | length > 1 %}<strong>+</strong>{% endif %}</td>"""
_DATES = """<td>{{ row.case.decided.strftime("%m/%d/%Y") }}</td><td>{{ row.case.injured }}</td>
<td>{{ row.case.received }}</td><td>{{ row.case.specialty }}</td>"""
_ITEM = "<td>{{ row.item.category }}</td><td>{{ row.item.subcategory }}</td><td>{{ row.item.outcome }}</td>"

BY_CASE = _RESULTS.replace("ROW", f"{_CASE}<td>{{{{ row.case.outcome }}}}</td>{_DATES}")
BY_TREATMENT = _RESULTS.replace(
    "ROW", f'{{% if row.further %}}<td colspan="5">&nbsp;</td>{{% else %}}{_CASE}{_DATES}{{% endif %}}{_ITEM}'
)

CLOSED = """<!DOCTYPE html><html><head><title>Notice</title></head><body><h1>Scheduled maintenance</h1>
<p>The search of decisions is temporarily unavailable. We apologize for the inconvenience.</p></body></html>"""
