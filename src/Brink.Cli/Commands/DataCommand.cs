using System.CommandLine;
using Brink.Lab;
using Brink.Zoo.Datasets;

namespace Brink.Cli.Commands;

internal static class DataCommand
{
    public static Command Create() => new ExampleCommand(
        "data",
        "Data sets: embedded, in the data folder, downloadable.",
        "brink data list")
    {
        List(), Where(), Add(), Get(),
    };

    private static Command List()
    {
        var json = Answer.Json();
        var command = new ExampleCommand(
            "list",
            "Each data set, where it is, and its licence.",
            "brink data list")
        {
            json,
        };
        command.SetAction(parsed =>
        {
            var folder = DataFolder.FromEnvironment();
            var sets = PublishedSet.All.Select(set => Line(folder, set)).ToArray();
            if (parsed.GetValue(json)) Answer.Print(new { Folder = folder.Root, Sets = sets });
            else foreach (var set in sets) Console.Out.WriteLine(Text(set));
            return Answer.Success;
        });
        return command;
    }

    private static Command Where()
    {
        var (name, json) = (Name(), Answer.Json());
        var command = new ExampleCommand(
            "path",
            "The folder of a data set in the data folder.",
            "brink data path cifar10")
        {
            name, json,
        };
        command.SetAction(parsed =>
        {
            var (folder, set) = (DataFolder.FromEnvironment(), Named(parsed.GetValue(name)!));
            var path = folder.Find(set) ?? throw new InputException(
                $"{set.Name}: not in {folder.Root}; 'brink data get {set.Name}' downloads it, "
                    + $"'brink data add {set.Name} PATH' takes a copy of yours");
            return Say(path, parsed.GetValue(json));
        });
        return command;
    }

    private static Command Add()
    {
        var (name, json) = (Name(), Answer.Json());
        var path = new Argument<string>("PATH")
        {
            Description = "The published archive, or a folder of the published files.",
        };
        var force = new Option<bool>("--force") { Description = "Replace the set in the data folder." };
        var command = new ExampleCommand(
            "add",
            "Checks published files of yours and takes a copy of them.",
            "brink data add cifar10 ~/Downloads/cifar-10-binary.tar.gz")
        {
            name, path, force, json,
        };
        command.SetAction(parsed =>
        {
            var (folder, set) = (DataFolder.FromEnvironment(), Named(parsed.GetValue(name)!));
            if (Directory.Exists(folder.Place(set)) && !parsed.GetValue(force))
                throw new InputException($"{folder.Place(set)}: exists already; --force replaces it");
            try
            {
                return Say(folder.Add(set, parsed.GetValue(path)!), parsed.GetValue(json));
            }
            catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
            {
                throw new InputException(e.Message);
            }
        });
        return command;
    }

    private static Command Get()
    {
        var (name, json) = (Name(), Answer.Json());
        var from = new Option<string?>("--from")
        {
            Description = "URL of a mirror: of the folder that has the archives, or of the archive.",
        };
        var command = new ExampleCommand(
            "get",
            "Downloads a data set into the data folder; goes on where it broke off.",
            "brink data get cifar10")
        {
            name, from, json,
        };
        command.SetAction(parsed =>
            Get(Named(parsed.GetValue(name)!), Url(parsed.GetValue(from)), parsed.GetValue(json)));
        return command;
    }

    private static int Get(PublishedSet set, Uri? from, bool json)
    {
        using var interruption = new Interruption();
        try
        {
            return Say(
                DownloadDisplay.Show(progress =>
                    DataFolder.FromEnvironment().Get(set, from, progress, interruption.Token)),
                json);
        }
        catch (OperationCanceledException)
        {
            return Answer.Error(
                $"{set.Name}: interrupted; what came is kept, and the same command goes on from there",
                Answer.Failed);
        }
        catch (InvalidDataException e)
        {
            return Answer.Error(e.Message, Answer.Failed);
        }
    }

    private static Argument<string> Name() => new("NAME")
    {
        Description = string.Join(", ", PublishedSet.All.Select(set => set.Name)) + ".",
    };

    private static PublishedSet Named(string name) =>
        PublishedSet.All.FirstOrDefault(set => set.Name == name) ?? throw new InputException(
            $"{name}: no such data set{Nearest.Hint(name, PublishedSet.All.Select(set => set.Name))}");

    private static Uri? Url(string? text) =>
        text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
        : throw new InputException($"--from {text}: not a URL that begins with http:// or https://");

    private static int Say(string path, bool json)
    {
        if (json) Answer.Print(new { Path = path });
        else Console.Out.WriteLine(path);
        return Answer.Success;
    }

    private static SetLine Line(DataFolder folder, PublishedSet set)
    {
        var path = folder.Find(set);
        var bytes = path is null ? set.Files.Sum(file => file.Bytes)
            : set.Files.Sum(file => new FileInfo(Path.Combine(path, file.Name)).Length);
        return new(
            set.Name,
            path is not null ? "present" : set.Embedded ? "embedded" : "absent",
            path,
            set.Files.Any(file => file.Bytes is null) && path is null ? null : bytes,
            set.TrainingCounts.Sum(),
            set.TestCounts.Sum(),
            set.Licence);
    }

    private static string Text(SetLine set)
    {
        var size = set.Bytes is { } bytes ? $"{bytes / 1e6:f0} MB" : "";
        var place = set.State switch
        {
            "present" => set.Path,
            "embedded" => "a subset is embedded; the whole of it is absent",
            _ => "absent",
        };
        return $"{set.Set,-14} {set.Training,6} + {set.Test,5} samples  {size,6}  {place}; {set.Licence}";
    }

    /// <param name="State">State of the set: present, embedded (a subset) or absent.</param>
    private sealed record SetLine(
        string Set, string State, string? Path, long? Bytes, int Training, int Test, string Licence);
}
