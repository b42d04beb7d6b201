using Microsoft.Playwright;

namespace Brink.Browser.Tests;

/// <summary>The headless Chromium of the tests: that of BRINK_CHROMIUM, or one on the PATH. Without one the tests are skipped, or
/// fail if BRINK_CHROMIUM_REQUIRED is 1.</summary>
public sealed class Chromium : IAsyncDisposable
{
    // Milliseconds; far above the duration of any action of a test.
    private const float Patience = 20_000;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> _launched = new(Launch);
    private readonly Dictionary<View, Lazy<Task<IBrowserContext>>> _windows;

    public Chromium() => _windows = View.All.ToDictionary(view => view, view => new Lazy<Task<IBrowserContext>>(() => Window(view)));

    /// <summary>Opens a page at a size and in a colour scheme.</summary>
    public async Task<OpenPage> Open(string path, View view) => await OpenPage.Of(await _windows[view].Value, path);

    /// <summary>Opens a served page at a size and in a colour scheme.</summary>
    public async Task<OpenPage> OpenLive(string address, View view) => await OpenPage.Served(await _windows[view].Value, address);

    public async ValueTask DisposeAsync()
    {
        if (!_launched.IsValueCreated || !_launched.Value.IsCompletedSuccessfully) return;
        var (playwright, browser) = await _launched.Value;
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private async Task<IBrowserContext> Window(View view)
    {
        var (_, browser) = await _launched.Value;
        var window = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = view.Width, Height = 900 },
            ColorScheme = view.Dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        window.SetDefaultTimeout(Patience);
        return window;
    }

    private static async Task<(IPlaywright Playwright, IBrowser Browser)> Launch()
    {
        if (Executable() is not { } executable)
        {
            const string missing = "no Chromium: install chromium, or set BRINK_CHROMIUM to the path of one";
            if (Environment.GetEnvironmentVariable("BRINK_CHROMIUM_REQUIRED") == "1") throw new FileNotFoundException(missing);
            throw Xunit.Sdk.SkipException.ForSkip(missing);
        }
        var playwright = await Playwright.CreateAsync();
        // Chromium refuses its sandbox to the superuser, whom containers run as; the pages are our own. Debian's starts
        // with GPU rasterization, which machines without a graphics card emulate slowly.
        return (
            playwright,
            await playwright.Chromium.LaunchAsync(new() { ExecutablePath = executable, Args = ["--no-sandbox", "--disable-gpu"] }));
    }

    private static string? Executable() => Environment.GetEnvironmentVariable("BRINK_CHROMIUM") is { Length: > 0 } given
        ? given
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
}

/// <summary>A window of the browser.</summary>
/// <param name="Width">Width in CSS pixels.</param>
/// <param name="Dark">True for the dark colour scheme.</param>
public sealed record View(string Name, int Width, bool Dark)
{
    public static readonly View
        Light = new("light", 1200, Dark: false),
        Night = new("dark", 1200, Dark: true),
        Narrow = new("narrow", 400, Dark: false);

    public static IReadOnlyList<View> All { get; } = [Light, Night, Narrow];
}
