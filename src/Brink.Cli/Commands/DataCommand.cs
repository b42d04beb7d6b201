using System.CommandLine;
using Brink.Lab;
using Brink.Zoo.Datasets;

namespace Brink.Cli.Commands;

internal static class DataCommand
{
    public static Command Create() => new ExampleCommand(
        "data",
        "Lists, locates, adds and downloads data sets.",
        "brink data list")
    {
        List(), Where(), Add(), Get(),
    };

    private static Command List()
    {
        var json = Answer.Json();
        var command = new ExampleCommand(
            "list",
            "Lists the data sets with their locations and licences.",
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
            "Prints the folder of a data set.",
            "brink data path cifar10")
        {
            name, json,
        };
        command.SetAction(parsed =>
        {
            var (folder, set) = (DataFolder.FromEnvironment(), Named(parsed.GetValue(name)!));
            var path = folder.Find(set) ?? throw new InputException(
                $"{set.Name}: not in {folder.Root}; download it with 'brink data get {set.Name}', "
                    + $"or copy your files with 'brink data add {set.Name} PATH'");
            return Print(path, parsed.GetValue(json));
        });
        return command;
    }

    private static Command Add()
    {
        var (name, json) = (Name(), Answer.Json());
        var path = new Argument<string>("PATH")
        {
            Description = "The published archive, or a folder with the published files.",
        };
        var force = new Option<bool>("--force") { Description = "Replace the data set if it is in the data folder." };
        var command = new ExampleCommand(
            "add",
            "Checks your copy of the published files and copies it to the data folder.",
            "brink data add cifar10 ~/Downloads/cifar-10-binary.tar.gz")
        {
            name, path, force, json,
        };
        command.SetAction(parsed =>
        {
            var (folder, set) = (DataFolder.FromEnvironment(), Named(parsed.GetValue(name)!));
            if (Directory.Exists(folder.Place(set)) && !parsed.GetValue(force))
                throw new InputException($"{folder.Place(set)}: already exists; use --force to replace it");
            try
            {
                return Print(folder.Add(set, parsed.GetValue(path)!), parsed.GetValue(json));
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
            Description = "URL of a mirror: of the folder that has the archives, or of one archive.",
            HelpName = "URL",
        };
        var command = new ExampleCommand(
            "get",
            "Downloads a data set into the data folder, and continues an interrupted download.",
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
            return Print(
                DownloadDisplay.Show(progress =>
                    DataFolder.FromEnvironment().Get(set, from, progress, interruption.Token)),
                json);
        }
        catch (OperationCanceledException)
        {
            return Answer.Error(
                $"{set.Name}: interrupted; the partial download is kept, and the same command continues it",
                Answer.Failed);
        }
        catch (InvalidDataException e)
        {
            return Answer.Error(e.Message, Answer.Failed);
        }
    }

    private static Argument<string> Name() => new("NAME")
    {
        Description = $"Name of the data set: {string.Join(", ", PublishedSet.All.Select(set => set.Name))}.",
    };

    private static PublishedSet Named(string name) =>
        PublishedSet.All.FirstOrDefault(set => set.Name == name) ?? throw new InputException(
            $"{name}: no such data set{Nearest.Hint(name, PublishedSet.All.Select(set => set.Name))}");

    private static Uri? Url(string? text) =>
        text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
        : throw new InputException($"--from {text}: not a URL that begins with http:// or https://");

    private static int Print(string path, bool json)
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
            "embedded" => "embedded subset; the full set is not in the data folder",
            _ => "not in the data folder",
        };
        return $"{set.Set,-14} {set.Training,6} + {set.Test,5} samples  {size,6}  {place}; {set.Licence}";
    }

    /// <param name="State">State of the set: present, embedded (a subset) or absent.</param>
    private sealed record SetLine(
        string Set, string State, string? Path, long? Bytes, int Training, int Test, string Licence);
}
