namespace Brink.Lab;

/// <summary>Trainings under policies besides the trajectories of the paper, from the point where the sharpness reaches 2/eta.</summary>
/// <param name="Policies">Names of the policies, one trajectory each; none: no such trajectory.</param>
/// <param name="Multiple">Their learning rate, as a multiple of that of gradient descent.</param>
public sealed record SteeringSpec(IReadOnlyList<string> Policies, double Multiple);
