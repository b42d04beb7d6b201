using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using Brink.Runs;
using Brink.Web;

namespace Brink.Cli.Commands;

/// <summary>brink serve: the live page of runs, until Ctrl-C.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var what = new Argument<string?>("FOLDER | RUN")
        {
            Description = "Folder of runs, or a run, by its name under runs or its folder. Default: the folder runs.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var port = UsualOption.Of(
            "--port", "Port; if it is in use, the next free one is taken. 0 for any free port.", ServerSettings.UsualPort);
        var host = new Option<string?>("--host")
        {
            Description = "Address to listen on, such as 0.0.0.0 for every network of this machine; the page then needs the token that is"
                + " printed. Default: this machine only, 127.0.0.1.",
            HelpName = "ADDRESS",
        };
        var noBrowser = new Option<bool>("--no-browser") { Description = "Only print the address." };
        var json = Answer.Json();
        var command = new ExampleCommand(
            "serve",
            "Serves a page of all runs in the browser, which follows them while they are written; it ends with Ctrl-C.",
            "brink serve --port 6410 --no-browser")
        {
            what, port, host, noBrowser, json,
        };
        command.SetAction(parsed =>
        {
            var (root, run) = Place(parsed.GetValue(what));
            var address = Host(parsed.GetValue(host));
            var number = parsed.GetValue(port);
            if (number is < 0 or > IPEndPoint.MaxPort)
                throw new InputException($"--port {number}: it must be from 0 to {IPEndPoint.MaxPort}");
            using var interruption = new Interruption();
            using var page = LivePage.Start(
                new ServerSettings(root)
                {
                    Port = number,
                    Host = address,
                    Token = IPAddress.IsLoopback(address) ? null : RandomNumberGenerator.GetHexString(32, lowercase: true),
                },
                run);
            if (parsed.GetValue(json)) Answer.Print(new { Address = page.Address.AbsoluteUri, Root = root });
            else Console.Out.WriteLine($"{page.Address.AbsoluteUri}  (Ctrl-C ends)");
            if (!parsed.GetValue(noBrowser)) page.OpenBrowser();
            interruption.Token.WaitHandle.WaitOne();
            return Answer.Success;
        });
        return command;
    }

    /// <summary>Returns the folder of runs, and the run that is shown first.</summary>
    private static (string Root, string? Run) Place(string? given)
    {
        if (given is null) return (Path.GetFullPath(RunFolders.DefaultRoot), null);
        if (RunFolders.TryFind(RunFolders.DefaultRoot, given) is { } folder)
        {
            var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
            return (Path.GetDirectoryName(full)!, Path.GetFileName(full));
        }
        return Directory.Exists(given)
            ? (Path.GetFullPath(given), null)
            : throw new InputException($"{given}: neither a folder of runs nor a run; 'brink runs list' lists the runs");
    }

    private static IPAddress Host(string? given) => given switch
    {
        null or "localhost" => IPAddress.Loopback,
        _ when IPAddress.TryParse(given, out var address) => address,
        _ => throw new InputException($"--host {given}: not an address; write one such as 0.0.0.0"),
    };
}
