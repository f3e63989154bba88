"""The sample province: SYNTHETIC teams, members, supervisors and requests over Vietnam's real communes.

Places are real; villages, people, telephone numbers and texts are invented: send nothing to those numbers. The same
seed always gives the same files, byte for byte, so that codes and numbers can be told to others.
"""
