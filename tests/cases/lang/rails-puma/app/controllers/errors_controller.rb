class ErrorsController < ApplicationController
  def show; render plain: "page of error #{request.path_info[1..]}", status: request.path_info[1..].to_i; end
end
