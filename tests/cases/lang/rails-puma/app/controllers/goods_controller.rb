class GoodsController < ApplicationController
  def index; @goods = Good.order(:name).page(params[:page]); respond_to { |f| f.html; f.json; f.xml { render xml: @goods.map(&:attributes).to_xml(root: "goods") }; f.csv { require "csv"; render plain: CSV.generate { |c| Good.find_each { |g| c << [g.name, g.price] } } } }; end
  def show; @good = Good.find(params[:id]); fresh_when @good; end
  def new; @good = Good.new; end
  def create
    @good = Good.new(params.require(:good).permit(:name, :price, :picture))
    if @good.save then PaintJob.perform_later(@good.id); redirect_to @good, notice: "made" else render :new, status: 422 end
  end
end
