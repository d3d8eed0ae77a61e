import { z } from 'zod';

export const Order = z.object({ name: z.string().min(2), count: z.number().int().positive(), mail: z.string().email().optional() });
