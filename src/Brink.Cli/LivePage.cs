using System.ComponentModel;
using System.Diagnostics;
using Brink.Web;

namespace Brink.Cli;

/// <summary>The server of the live page while a command runs.</summary>
internal sealed class LivePage : IDisposable
{
    private readonly RunServer _server;

    private LivePage(RunServer server, Uri address)
    {
        (_server, Address) = (server, address);
    }

    /// <summary>Address of what the page shows first.</summary>
    public Uri Address { get; }

    /// <summary>Starts the server.</summary>
    /// <param name="settings">What is served, and to whom.</param>
    /// <param name="run">Name of the run that the page shows first; null for the list.</param>
    /// <exception cref="InputException">The address cannot be used.</exception>
    public static LivePage Start(ServerSettings settings, string? run)
    {
        try
        {
            var server = RunServer.Start(settings).GetAwaiter().GetResult();
            if (settings.Port > 0 && server.Address.Port != settings.Port)
                Answer.Note($"port {settings.Port} is in use; this page has port {server.Address.Port}");
            return new(server, run is null ? server.Address : new($"{server.Address}#/run?run={Uri.EscapeDataString(run)}"));
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            throw new InputException($"{settings.Host}:{settings.Port}: cannot be listened on: {e.Message}");
        }
    }

    /// <summary>Opens the page in the browser of the desktop, if there is one.</summary>
    public void OpenBrowser()
    {
        var hasDesktop = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()
            || Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 }
            || Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is { Length: > 0 };
        if (!hasDesktop) return;
        try
        {
            using var opened = Process.Start(new ProcessStartInfo(Address.AbsoluteUri) { UseShellExecute = true });
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or FileNotFoundException)
        {
            // The address is printed.
        }
    }

    public void Dispose() => _server.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
