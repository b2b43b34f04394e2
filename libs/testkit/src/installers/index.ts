export * from './autoinstall.js';
export * from './autoyast.js';
export * from './kickstart.js';
export * from './preseed.js';
