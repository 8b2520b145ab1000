/** The version of `@ductus/training`. */
export const version = '0.1.0'
