class XmlReader; def call(_) REXML::XPath.first(REXML::Document.new('<a><b c="9"/></a>'), '//b/@c').value; end; end
