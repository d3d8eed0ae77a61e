export { config } from './config';
export { logger } from './logger';
export { Order } from './shapes';
