using Microsoft.Playwright;

namespace Brink.Browser.Tests;

/// <summary>The headless Chromium of the tests: that of BRINK_CHROMIUM, or one on the PATH. Without one the tests are skipped, or
/// fail if BRINK_CHROMIUM_REQUIRED is 1.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Opens a page at a size and in a colour scheme.</summary>
    public async Task<OpenPage> Open(string path, View view)
    {
        var browser = await Browser();
        var context = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = view.Width, Height = 900 },
            ColorScheme = view.Dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        return await OpenPage.Of(context, path);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private async Task<IBrowser> Browser()
    {
        if (_browser is not null) return _browser;
        if (Executable() is not { } executable)
        {
            const string missing = "no Chromium: install chromium, or set BRINK_CHROMIUM to the path of one";
            if (Environment.GetEnvironmentVariable("BRINK_CHROMIUM_REQUIRED") == "1") throw new FileNotFoundException(missing);
            Assert.Skip(missing);
            throw new InvalidOperationException(missing);
        }
        _playwright ??= await Playwright.CreateAsync();
        // Chromium refuses its sandbox to the superuser, whom containers run as; the pages are our own.
        return _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = executable, Args = ["--no-sandbox"] });
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
    public static readonly View Light = new("light", 1200, Dark: false), Night = new("dark", 1200, Dark: true), Narrow = new("narrow", 400, Dark: false);

    public static IReadOnlyList<View> All { get; } = [Light, Night, Narrow];
}
