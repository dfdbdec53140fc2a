//! plotters on a canvas of the page.
//!
//! Delegates to plotters-canvas, which leaves three things to be desired: it knows no HiDPI and no
//! fractions of a pixel (so the context is scaled, and coordinates are counted in [`UNIT`]s), and it
//! would draw an image as one rectangle per pixel.

use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// How many of plotters' whole coordinates make one CSS pixel.
pub const UNIT: f64 = 8.0;

/// A canvas, cleared and scaled, with a canvas of its own for images.
pub struct PageCanvas<'a> {
    inner: CanvasBackend,
    context: CanvasRenderingContext2d,
    size: (u32, u32),
    spare: &'a HtmlCanvasElement,
}

type Result<T> = std::result::Result<T, DrawingErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>>;

impl<'a> PageCanvas<'a> {
    /// Prepares `canvas` for a drawing of that size in CSS pixels, with `ratio` device pixels each.
    /// None if it has no 2-D context. `spare` is any canvas that is not shown.
    pub fn new(
        canvas: &HtmlCanvasElement,
        spare: &'a HtmlCanvasElement,
        (width, height): (f64, f64),
        ratio: f64,
    ) -> Option<PageCanvas<'a>> {
        let device = ((width * ratio).round() as u32, (height * ratio).round() as u32);
        // Setting a size clears the canvas and costs a reallocation: only when it changes.
        if (canvas.width(), canvas.height()) != device {
            canvas.set_width(device.0);
            canvas.set_height(device.1);
        }
        let context = context(canvas)?;
        context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0).ok()?;
        context.clear_rect(0.0, 0.0, f64::from(device.0), f64::from(device.1));
        context.set_transform(ratio / UNIT, 0.0, 0.0, ratio / UNIT, 0.0, 0.0).ok()?;
        context.set_line_join("round");
        let size = ((width * UNIT) as u32, (height * UNIT) as u32);
        Some(PageCanvas { inner: CanvasBackend::with_canvas_object(canvas.clone())?, context, size, spare })
    }

    fn stretch(&self, (x, y): BackendCoord, (w, h): (u32, u32), rgb: &[u8]) -> std::result::Result<(), JsValue> {
        let rgba: Vec<u8> = rgb.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
        let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), w, h)?;
        self.spare.set_width(w);
        self.spare.set_height(h);
        let spare = context(self.spare).ok_or(JsValue::NULL)?;
        spare.put_image_data(&image, 0.0, 0.0)?;
        let (dw, dh) = (f64::from(w) * UNIT, f64::from(h) * UNIT);
        let (x, y) = (f64::from(x), f64::from(y));
        self.context.draw_image_with_html_canvas_element_and_dw_and_dh(self.spare, x, y, dw, dh)
    }
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

impl DrawingBackend for PageCanvas<'_> {
    type ErrorType = <CanvasBackend as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Result<()> {
        Ok(())
    }

    fn present(&mut self) -> Result<()> {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Result<()> {
        self.inner.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Result<()> {
        self.inner.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<()> {
        self.inner.draw_rect(from, to, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Result<()> {
        self.inner.draw_path(path, style)
    }

    fn draw_circle<S: BackendStyle>(&mut self, at: BackendCoord, radius: u32, style: &S, fill: bool) -> Result<()> {
        self.inner.draw_circle(at, radius, style, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Result<()> {
        self.inner.fill_polygon(points, style)
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Result<()> {
        self.inner.draw_text(text, style, at)
    }

    /// An image pixel is a CSS pixel. One that cannot be drawn leaves its place empty.
    fn blit_bitmap(&mut self, at: BackendCoord, size: (u32, u32), rgb: &[u8]) -> Result<()> {
        let _ = self.stretch(at, size, rgb);
        Ok(())
    }
}
