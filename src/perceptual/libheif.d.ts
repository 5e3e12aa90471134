/** The part of libheif-js that is used: what its C interface became when it was compiled. */
declare module "libheif-js/libheif-wasm/libheif-bundle.js" {
  function start(options: start.Options): start.Heif;

  namespace start {
    /** What libheif gives in place of a handle when it cannot. */
    interface HeifFailure {
      readonly code: unknown;
    }

    interface HeifPlane {
      readonly id: unknown;
      readonly width: number;
      readonly height: number;
      readonly stride: number;
      readonly bits_per_pixel: number;
      /** A view of the module's memory, which the next call may move. */
      readonly data: Uint8Array;
    }

    interface HeifContext {
      readonly heifContext: unique symbol;
    }

    interface HeifHandle {
      readonly heifHandle: unique symbol;
      readonly code?: undefined;
    }

    interface HeifImage {
      /** The binding keeps the address that the C functions take. */
      readonly image: { readonly $$: { readonly ptr: number } };
      readonly channels: readonly HeifPlane[];
    }

    interface Heif {
      readonly HEAPU8: Uint8Array;
      readonly heif_error_code: { readonly heif_error_Ok: unknown; readonly heif_error_Memory_allocation_error: unknown };
      readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown };
      readonly heif_chroma: { readonly heif_chroma_interleaved_RGB: unknown; readonly heif_chroma_interleaved_RGBA: unknown };
      readonly heif_channel: { readonly heif_channel_interleaved: unknown };
      _heif_get_global_security_limits(): number;
      heif_context_alloc(): HeifContext;
      heif_context_free(context: HeifContext): void;
      heif_context_read_from_memory(context: HeifContext, bytes: Uint8Array): HeifFailure;
      heif_js_context_get_list_of_top_level_image_IDs(context: HeifContext): readonly number[] | HeifFailure;
      heif_js_context_get_image_handle(context: HeifContext, id: number): HeifHandle | HeifFailure;
      heif_image_handle_get_width(handle: HeifHandle): number;
      heif_image_handle_get_height(handle: HeifHandle): number;
      heif_image_handle_has_alpha_channel(handle: HeifHandle): number;
      heif_image_handle_is_primary_image(handle: HeifHandle): number;
      heif_image_handle_release(handle: HeifHandle): void;
      heif_js_decode_image2(handle: HeifHandle, space: unknown, chroma: unknown): HeifImage | HeifFailure;
      heif_image_release(image: HeifImage["image"]): void;
      /** Gives the number of warnings when it may put none. */
      _heif_image_get_decoding_warnings(image: number, first: number, places: number, most: number): number;
      _malloc(bytes: number): number;
      _free(place: number): void;
    }

    interface Options {
      readonly print: (text: string) => void;
      readonly printErr: (text: string) => void;
    }
  }

  export = start;
}
