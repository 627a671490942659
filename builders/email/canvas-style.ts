/** Styles inside the canvas frame, which always shows the email on light ground, whatever the office's color scheme. */
export const frameStyle = `
  html { background: #F4F2ED; color-scheme: light; }
  body { font-family: Arial, Helvetica, sans-serif; padding: 24px 0 !important; }
  ::-webkit-scrollbar { width: 10px; }
  ::-webkit-scrollbar-thumb { background: #D5D0C5; border-radius: 5px; }
  [data-gjs-type="mj-column"] { min-height: 48px; }
  [data-gjs-type="mj-column"]:not(:has([data-gjs-type])) { position: relative; min-height: 96px; }
  [data-gjs-type="mj-column"]:not(:has([data-gjs-type]))::after {
    content: 'Drop a block here';
    position: absolute; inset: 12px; display: grid; place-items: center;
    border: 1px dashed #B9B3A5; border-radius: 6px; color: #5C665F; font: 14px Arial, sans-serif;
  }
  .fp-unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  [contenteditable="true"] { outline: none; cursor: text; }
  a { color: inherit; cursor: inherit; }
  ul, ol { margin: 8px 0; padding-left: 24px; }
`;

/** How GrapesJS marks what is pointed at and selected. */
export const canvasStyle = `
  .gjs-hovered { outline: 1px solid #1E6B52 !important; outline-offset: -1px; }
  .gjs-selected { outline: 2px solid #1E6B52 !important; outline-offset: -2px; }
  .gjs-selected-parent { outline: 1px dashed #8FB5A6 !important; outline-offset: -1px; }
`;
