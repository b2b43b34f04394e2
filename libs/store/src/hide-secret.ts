/** The address without its password, for messages. */
export const hideSecret = (url: string): string => url.replace(/\/\/([^:/@]+):[^@]*@/, '//$1:…@');
