using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Brink.Browser.Tests;

/// <summary>A page that is open in the browser, with everything that went wrong in it.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    private static readonly string Checks = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "checks.js"));

    private readonly ConcurrentQueue<string> _faults = new();

    private OpenPage(IPage page, string origin)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _faults.Enqueue($"console {message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => _faults.Enqueue($"page error: {error}");
        page.RequestFailed += (_, request) =>
        {
            // A stream that the page ends.
            if (!request.Url.Contains("/events", StringComparison.Ordinal)) _faults.Enqueue($"failed request: {request.Url}");
        };
        page.Request += (_, request) =>
        {
            if (!request.IsNavigationRequest && !request.Url.StartsWith("data:", StringComparison.Ordinal)
                && !request.Url.StartsWith(origin, StringComparison.Ordinal))
            {
                _faults.Enqueue($"request: {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the page so far, and requests for anything but the page itself and its server.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    public static async Task<OpenPage> Of(IBrowserContext window, string path)
    {
        var open = new OpenPage(await window.NewPageAsync(), origin: "no request at all");
        await open.Page.GotoAsync(new Uri(path).AbsoluteUri);
        await open.Page.AddScriptTagAsync(new() { Content = Checks });
        await open.Painted();
        return open;
    }

    public static async Task<OpenPage> Served(IBrowserContext window, string address)
    {
        var open = new OpenPage(await window.NewPageAsync(), new Uri(address).GetLeftPart(UriPartial.Authority));
        await open.Page.GotoAsync(address);
        // The policy of the page allows no script but its own; that of the tests is evaluated by the browser itself.
        await open.Page.EvaluateAsync(Checks);
        return open;
    }

    /// <summary>Waits until the charts have been drawn at their size and the maps have arrived.</summary>
    public Task Painted() => Page.EvaluateAsync("painted()");

    /// <summary>Calls a function of checks.js that returns what is wrong, one text each.</summary>
    public Task<string[]> Check(string call) => Page.EvaluateAsync<string[]>(call);

    public async ValueTask DisposeAsync() => await Page.CloseAsync();
}
