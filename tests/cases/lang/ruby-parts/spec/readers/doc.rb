class DocReader; def call(_) RDoc::Markup::ToHtml.new(RDoc::Options.new).convert("= Head\n\n*bold* word"); end; end
