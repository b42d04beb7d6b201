using System.Net;
using System.Net.Sockets;

namespace Brink.Lab.Tests;

/// <summary>An HTTP server on loopback that serves one file, with selectable faults.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Thread _thread;

    public FileServer(byte[] content)
    {
        Content = content;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = new($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }
        _listener.Prefixes.Add(Url.AbsoluteUri);
        _listener.Start();
        _thread = new Thread(Serve);
        _thread.Start();
    }

    public Uri Url { get; }

    public byte[] Content { get; set; }

    public string Tag { get; set; } = "\"1\"";

    /// <summary>Bytes of an answer after which the connection breaks.</summary>
    public int? CutAfter { get; set; }

    public bool KnowsRanges { get; set; } = true;

    public bool Missing { get; set; }

    /// <summary>The Range of each request, or "whole".</summary>
    public List<string> Requests { get; } = [];

    private void Serve()
    {
        try
        {
            while (_listener.IsListening) Answer(_listener.GetContext());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var (request, response) = (context.Request, context.Response);
        lock (Requests) Requests.Add(request.Headers["Range"] ?? "whole");
        if (Missing)
        {
            response.StatusCode = 404;
            response.Close();
            return;
        }
        response.AddHeader("ETag", Tag);
        var from = KnowsRanges && request.Headers["Range"] is { } range && (request.Headers["If-Range"] ?? Tag) == Tag
            ? int.Parse(range["bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture)
            : 0;
        if (from > 0)
        {
            response.StatusCode = from < Content.Length ? 206 : 416;
            response.AddHeader("Content-Range", $"bytes {from}-{Content.Length - 1}/{Content.Length}");
        }
        var rest = from < Content.Length ? Content[from..] : [];
        response.ContentLength64 = rest.Length;
        response.OutputStream.Write(rest, 0, Math.Min(rest.Length, CutAfter ?? rest.Length));
        response.OutputStream.Flush();
        if (CutAfter < rest.Length) response.Abort();
        else response.Close();
    }

    public void Dispose()
    {
        _listener.Stop();
        _listener.Close();
        _thread.Join();
    }
}
