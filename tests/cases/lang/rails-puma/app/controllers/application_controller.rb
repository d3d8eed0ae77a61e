class ApplicationController < ActionController::Base
  around_action { |_, b| I18n.with_locale(params[:locale] || :en, &b) }
  skip_forgery_protection
end
