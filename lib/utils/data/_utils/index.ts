export * as collate from './collate';
