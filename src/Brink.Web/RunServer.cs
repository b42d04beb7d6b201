using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Brink.Web;

/// <summary>Serves the live page of the runs in a folder. It only reads, and keeps only open connections: after a restart,
/// pages continue where they were.</summary>
public sealed class RunServer : IAsyncDisposable
{
    private const int MostPorts = 20;

    private readonly WebApplication _application;

    private RunServer(WebApplication application, Uri address)
    {
        (_application, Address) = (application, address);
    }

    /// <summary>Address of the page, with the token if there is one.</summary>
    public Uri Address { get; }

    /// <summary>Starts a server.</summary>
    /// <exception cref="IOException">The port, and those after it, cannot be used.</exception>
    /// <exception cref="ArgumentException">An address that other machines reach has no token.</exception>
    public static async Task<RunServer> Start(ServerSettings settings, CancellationToken cancellation = default)
    {
        if (!IPAddress.IsLoopback(settings.Host) && settings.Token is null)
            throw new ArgumentException($"{settings.Host}: an address that other machines reach needs a token", nameof(settings));
        for (var port = settings.Port; ; port++)
        {
            var application = Made(settings, port);
            try
            {
                await application.StartAsync(cancellation);
                return new(application, AddressOf(application, settings));
            }
            catch (IOException) when (settings.Port > 0 && port + 1 < settings.Port + MostPorts && port < IPEndPoint.MaxPort)
            {
                await application.DisposeAsync();
            }
            catch
            {
                await application.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Ends all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(TimeSpan.FromSeconds(1));
        await _application.DisposeAsync();
    }

    private static WebApplication Made(ServerSettings settings, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Listen(settings.Host, port);
        });
        var application = builder.Build();
        application.Use(new RequestRules(settings).Apply);
        Routes.Map(application, settings.Root);
        return application;
    }

    private static Uri AddressOf(WebApplication application, ServerSettings settings)
    {
        var listening = new Uri(application.Urls.First());
        var host = settings.Host.Equals(IPAddress.Any) || settings.Host.Equals(IPAddress.IPv6Any) ? Dns.GetHostName() : listening.Host;
        var token = settings.Token is { } secret ? $"?{RequestRules.TokenName}={Uri.EscapeDataString(secret)}" : "";
        return new(string.Create(CultureInfo.InvariantCulture, $"http://{host}:{listening.Port}/{token}"));
    }

    /// <summary>Leaves signals to the caller: a run that is served handles Ctrl-C itself.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
