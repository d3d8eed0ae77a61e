class PaintJob < ApplicationJob
  def perform(id); g = Good.find(id); logger.info "painted #{g.name} #{g.picture.attached? ? g.picture.variant(resize_to_limit: [20, 20]).processed.image.blob.content_type : 0}" rescue logger.info("no paint: #{$!.inspect}"); end
end
