/** Icons that only attachments need: they come with them, not with the first screen. */
export const CAMERA = 'M4 8h4l2-3h4l2 3h4v11H4zM12 16.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7';
export const DRAW = 'M4 20c3 0 4-1 4-3a2.500 2.500 0 0 0-2.500-2.500C4 14.500 3.500 16 3.500 17.500M8 14.500 18 4.500l2 2-9.500 10';
export const PLAY = 'M8 5l11 7-11 7z';
export const PAUSE = 'M8 5v14M16 5v14';
