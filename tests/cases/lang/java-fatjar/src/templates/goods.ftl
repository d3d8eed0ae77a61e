<#include "head.ftl"><#list goods as g><p>${g.name?cap_first}: ${g.price}</p></#list>
