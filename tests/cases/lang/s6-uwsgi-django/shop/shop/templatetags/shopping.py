from django import template
register = template.Library()
@register.filter
def loud(s): return s.upper()
