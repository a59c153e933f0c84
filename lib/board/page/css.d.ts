/** The bundler takes style sheets out of what imports them. */
declare module '*.css';
